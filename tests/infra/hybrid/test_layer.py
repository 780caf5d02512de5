"""The layer `hybrid` as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from infra.errors import NotDeployed, WrongOwner
from infra.hybrid.layer import lay_hybrid
from infra.settings import Bounds, Endpoint, HybridSettings
from infra.stack import StackName
from tests.infra.doubles import IDENTITY_OUTPUTS, OTHER, TENANT, Clouds, run

STACK = StackName("hybrid", "rehearsal")
SETTINGS = HybridSettings(
    tenant_id=TENANT,
    protect=True,
    retain=True,
    mail_domain="nhsmail.example",
    routing_domain="nhsmail.mail.onmicrosoft.com",
    domain_type="InternalRelay",
    smart_hosts=("mail.leeds.nhsmail.example",),
    tls_domain="mail.leeds.nhsmail.example",
    endpoints=(
        Endpoint(
            name="leeds",
            remote_server="mail.leeds.nhsmail.example",
            migrations=Bounds(minimum=20, maximum=100),
            incremental_syncs=Bounds(minimum=5, maximum=20),
        ),
    ),
)


def lay() -> dict[str, Any]:
    return run(lambda: lay_hybrid(STACK, SETTINGS))


def test_outputs() -> None:
    """It should export everything that the operator command needs to know of the tenant."""
    Clouds(stacks={"identity-rehearsal": IDENTITY_OUTPUTS}).install(str(STACK))

    outputs = lay()

    assert {
        "tenant_id": TENANT,
        "client_id": "the-client-id",
        "mail_domain": "nhsmail.example",
        "routing_domain": "nhsmail.mail.onmicrosoft.com",
        "connector_name": "mailwave to on-premises (rehearsal)",
        "endpoints": {
            "leeds": {
                "remote_server": "mail.leeds.nhsmail.example",
                "migrations": {"minimum": 20, "maximum": 100},
                "incremental_syncs": {"minimum": 5, "maximum": 20},
            }
        },
    } == outputs


def test_protects_and_retains_every_resource() -> None:
    """It should protect and retain what the configuration says, in every component."""
    clouds = Clouds(stacks={"identity-rehearsal": IDENTITY_OUTPUTS}).install(str(STACK))

    lay()

    assert {"on-premises", "mail", "leeds"} == clouds.monitor.names("protect")
    assert {"on-premises", "mail", "leeds"} == clouds.monitor.names("retainOnDelete")


def test_tells_the_provider_its_tenant() -> None:
    """It should configure the Exchange provider with the tenant that the stack is for."""
    clouds = Clouds(stacks={"identity-rehearsal": IDENTITY_OUTPUTS}).install(str(STACK))

    lay()

    assert {"tenantId": TENANT} == clouds.only("pulumi:providers:exchange").inputs


def test_refuses_an_identity_of_another_tenant() -> None:
    """It should plan nothing on an identity layer that belongs to another tenant."""
    clouds = Clouds(stacks={"identity-rehearsal": {**IDENTITY_OUTPUTS, "tenant_id": OTHER}}).install(
        str(STACK)
    )

    with pytest.raises(WrongOwner) as refused:
        lay()

    assert (OTHER, "stack identity-rehearsal") == (refused.value.found, refused.value.where)
    assert not clouds.of_type("pulumi:providers:exchange")


@pytest.mark.parametrize("missing", ["tenant_id", "client_id"])
def test_refuses_without_an_identity(missing: str) -> None:
    """It should name the stack to deploy first, and the output that it has not got."""
    outputs = {name: value for name, value in IDENTITY_OUTPUTS.items() if name != missing}
    Clouds(stacks={"identity-rehearsal": outputs}).install(str(STACK))

    with pytest.raises(NotDeployed) as refused:
        lay()

    assert ("identity-rehearsal", missing) == (refused.value.below, refused.value.missing)
