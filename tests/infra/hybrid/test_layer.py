"""The layer `hybrid` as a whole."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from infra.errors import BadSetting, NotDeployed, WrongOwner
from infra.hybrid.layer import lay_hybrid
from tests.infra.doubles import IDENTITY_OUTPUTS, OTHER, TENANT, Clouds, run
from tests.infra.hybrid.shipped import STACK, shipped

TODAY = date(2026, 11, 21)
MOST = 80
"""Resources of the layer that reviewers are asked to read."""


def clouds(**outputs: Any) -> Clouds:
    """Clouds with a deployed identity layer, some of whose *outputs* are otherwise."""
    below = {name: value for name, value in (IDENTITY_OUTPUTS | outputs).items() if value is not None}
    return Clouds(stacks={"identity-rehearsal": below}).install(str(STACK))


def lay(**settings: Any) -> dict[str, Any]:
    return run(lambda: lay_hybrid(STACK, shipped(**settings), TODAY))


def test_outputs() -> None:
    """It should export everything that the operator command needs to know of the tenant."""
    clouds()
    organisation = shipped().organisation

    assert {
        "tenant_id": TENANT,
        "client_id": "the-client-id",
        "mail_domain": "nhsmail.example",
        "routing_domain": "nhsmail.mail.onmicrosoft.com",
        "connector_name": f"Outbound to {organisation}",
        "inbound_connector_name": f"Inbound from {organisation}",
        "endpoints": {
            site: {
                "remote_server": f"mail.{site}.nhsmail.example",
                "migrations": {"minimum": 20, "maximum": 100},
                "incremental_syncs": {"minimum": 5, "maximum": 20},
            }
            for site in ("leeds", "bristol")
        },
        "role_groups": {
            duty: f"mailwave {duty} (rehearsal)"
            for duty in ("reader", "batch-runner", "completer", "courier", "mender")
        },
    } == lay()


@pytest.mark.parametrize("kept", [True, False])
def test_protects_and_retains_every_resource(*, kept: bool) -> None:
    """It should protect and retain what the configuration says, in every component."""
    made = clouds()

    lay(protect=kept, retain=kept)

    ours = {each.name for each in made.resources if each.typ.startswith("exchange:")} if kept else set()
    assert (ours, ours) == (made.monitor.names("protect"), made.monitor.names("retainOnDelete"))


def test_stays_small_enough_to_be_read() -> None:
    """It should have few enough resources that somebody reads a preview of them."""
    made = clouds()

    lay()

    assert len(made.resources) < MOST


def test_tells_the_provider_its_tenant() -> None:
    """It should configure the Exchange provider with the tenant that the stack is for."""
    made = clouds()

    lay()

    assert {"tenantId": TENANT} == made.only("pulumi:providers:exchange").inputs


def test_refuses_an_identity_of_another_tenant() -> None:
    """It should plan nothing on an identity layer that belongs to another tenant."""
    made = clouds(tenant_id=OTHER)

    with pytest.raises(WrongOwner) as refused:
        lay()

    assert (OTHER, "stack identity-rehearsal") == (refused.value.found, refused.value.where)
    assert not made.of_type("pulumi:providers:exchange")


def test_refuses_an_expired_certificate() -> None:
    """It should plan nothing with a certificate that Exchange Online would refuse."""
    made = clouds()

    with pytest.raises(BadSetting):
        lay(certificates=[{"name": "mail.nhsmail.example", "expires": "2026-11-20"}])

    assert [] == made.resources


@pytest.mark.parametrize("missing", ["tenant_id", "client_id", "client_ids", "principal_ids"])
def test_refuses_without_an_identity(missing: str) -> None:
    """It should name the stack to deploy first, and the output that it has not got."""
    clouds(**{missing: None})

    with pytest.raises(NotDeployed) as refused:
        lay()

    assert ("identity-rehearsal", missing) == (refused.value.below, refused.value.missing)


@pytest.mark.parametrize("output", ["client_ids", "principal_ids"])
def test_refuses_an_identity_that_does_not_know_a_duty(output: str) -> None:
    """It should name the stack to deploy first where it was deployed before a duty had an application."""
    before = {duty: each for duty, each in IDENTITY_OUTPUTS[output].items() if duty != "mender"}
    clouds(**{output: before})

    with pytest.raises(NotDeployed) as refused:
        lay()

    assert ("identity-rehearsal", f"{output}.mender") == (refused.value.below, refused.value.missing)
