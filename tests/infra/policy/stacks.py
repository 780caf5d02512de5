"""Stacks as the program declares them, in the form in which the rules see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from pulumi.runtime import rpc

from infra.foundation.layer import lay_foundation
from infra.hybrid.layer import lay_hybrid
from infra.identity.access_policies import ACCESS_POLICIES
from infra.identity.layer import lay_identity
from infra.policy.model import Resource
from infra.settings import Bounds, Endpoint, HybridSettings, IdentitySettings
from infra.settings.identity import CareBoard, Licence, Pipeline
from infra.stack import StackName
from tests.infra.doubles import FOUNDATION_OUTPUTS, IDENTITY_OUTPUTS, OTHER, SUBSCRIPTION, TENANT, Clouds, run
from tests.infra.foundation.shipped import production
from tests.infra.identity.certificates import a_certificate

TODAY = date(2026, 11, 21)


def seen(stack: str, program: Callable[[], Any]) -> tuple[Resource, ...]:
    """What *program* declares as *stack*."""
    below = {"foundation-production": FOUNDATION_OUTPUTS, "identity-production": IDENTITY_OUTPUTS}
    clouds = Clouds(stacks=below).install(stack)
    run(program)
    return tuple(_resource(stack, request) for request in clouds.monitor.registered)


def _resource(stack: str, request: Any) -> Resource:
    return Resource(
        stack=stack,
        type=request.type,
        name=request.name,
        properties=dict(rpc.deserialize_properties(request.object)),
        protect=request.protect,
        depends={
            path: tuple(_key(urn) for urn in sorted(found.urns))
            for path, found in request.propertyDependencies.items()
        },
    )


def _key(urn: str) -> tuple[str, str]:
    *_, kinds, name = urn.split("::")
    return kinds.rpartition("$")[2], name


@cache
def foundation() -> tuple[Resource, ...]:
    """Production's foundation."""
    stack = StackName("foundation", "production")
    return seen(str(stack), lambda: lay_foundation(stack, production()))


@cache
def identity() -> tuple[Resource, ...]:
    """Production's identity, with all policies in force and a certificate."""
    stack = StackName("identity", "production")
    settings = IdentitySettings(
        tenant_id=TENANT,
        subscription_id=SUBSCRIPTION,
        protect=True,
        retain=True,
        pipeline=Pipeline(issuer="https://pipeline.example", repository="nhs/mailwave"),
        certificates=(a_certificate(holder="hybrid", starts=date(2026, 11, 1), expires=date(2027, 3, 1)),),
        licences=(Licence(name="office", sku=OTHER, disabled_plans=()),),
        care_boards=(CareBoard(code="QWO", name="West Yorkshire"),),
        enforced_policies=tuple(ACCESS_POLICIES),
    )
    return seen(str(stack), lambda: lay_identity(stack, settings, TODAY))


@cache
def hybrid() -> tuple[Resource, ...]:
    """Production's hybrid layer, with one endpoint."""
    stack = StackName("hybrid", "production")
    server = "mail.leeds.nhsmail.example"
    bounds = Bounds(minimum=5, maximum=20)
    settings = HybridSettings(
        tenant_id=TENANT,
        protect=True,
        retain=True,
        mail_domain="nhsmail.example",
        routing_domain="nhsmail.mail.onmicrosoft.com",
        domain_type="InternalRelay",
        smart_hosts=(server,),
        tls_domain=server,
        endpoints=(
            Endpoint(name="leeds", remote_server=server, migrations=bounds, incremental_syncs=bounds),
        ),
    )
    return seen(str(stack), lambda: lay_hybrid(stack, settings))


STACKS = {"foundation": foundation, "identity": identity, "hybrid": hybrid}
