"""Stacks as the program declares them, in the form in which the rules see them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import yaml
from pulumi.runtime import rpc

from controls.model import Resource
from infra.configuration import parse
from infra.foundation.layer import lay_foundation
from infra.hybrid.duties import DUTIES
from infra.hybrid.layer import lay_hybrid
from infra.identity.access_policies import ACCESS_POLICIES
from infra.identity.layer import lay_identity
from infra.settings.hybrid import HybridSettings
from infra.settings.identity import CareBoard, IdentitySettings, Licence, Pipeline
from infra.stack import StackName
from tests.infra.doubles import FOUNDATION_OUTPUTS, IDENTITY_OUTPUTS, OTHER, SUBSCRIPTION, TENANT, Clouds, run
from tests.infra.foundation.shipped import FOLDER, production
from tests.infra.identity.certificates import a_certificate

TODAY = date(2026, 11, 21)


def seen(stack: str, program: Callable[[], Any]) -> tuple[Resource, ...]:
    """What *program* declares as *stack*."""
    duties = {duty: f"the-{duty}" for duty in DUTIES}
    identity = IDENTITY_OUTPUTS | {"client_ids": duties, "principal_ids": duties}
    below = {"foundation-production": FOUNDATION_OUTPUTS, "identity-production": identity}
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
    """Production's hybrid layer."""
    stack = StackName("hybrid", "production")
    return seen(str(stack), lambda: lay_hybrid(stack, _shipped(), TODAY))


def _shipped() -> HybridSettings:
    """The shipped settings of production, in the tenant of the doubles."""
    document = yaml.safe_load((FOLDER / "Pulumi.hybrid-production.yaml").read_text(encoding="utf-8"))
    values = {**document["config"], "mailwave:tenant_id": TENANT}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
    return parse(StackName("hybrid", "production"), HybridSettings, texts)


STACKS = {"foundation": foundation, "identity": identity, "hybrid": hybrid}
