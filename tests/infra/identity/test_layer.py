"""The layer `identity` as a whole, on a foundation that is or is not there."""

from __future__ import annotations

import pytest

from infra.errors import NotDeployed, WrongOwner
from infra.identity.grants import GRANTS
from infra.identity.layer import lay_identity
from infra.settings import IdentitySettings
from infra.stack import StackName
from tests.infra.doubles import FOUNDATION_OUTPUTS, OTHER, SUBSCRIPTION, TENANT, Clouds, run

STACK = StackName("identity", "rehearsal")
SETTINGS = IdentitySettings(tenant_id=TENANT, subscription_id=SUBSCRIPTION, protect=True)


def lay() -> dict[str, object]:
    return run(lambda: lay_identity(STACK, SETTINGS))


def test_outputs() -> None:
    """It should export who the operator command and the two groups are."""
    clouds = Clouds(stacks={"foundation-rehearsal": FOUNDATION_OUTPUTS}).install(str(STACK))

    outputs = lay()

    assert {
        "tenant_id": TENANT,
        "client_id": "client-id-of-operator",
        "principal_id": "object-id-of-operator",
        "operators_group_id": "object-id-of-operators",
        "approvers_group_id": "object-id-of-approvers",
    } == outputs
    assert {"mailwave operators (rehearsal)", "mailwave approvers (rehearsal)"} == {
        group.inputs["displayName"] for group in clouds.of_type("azuread:index/group:Group")
    }


def test_grants_what_the_foundation_exported() -> None:
    """It should take the vault and the container from the foundation's outputs."""
    clouds = Clouds(stacks={"foundation-rehearsal": FOUNDATION_OUTPUTS}).install(str(STACK))

    lay()

    scopes = [role.inputs["scope"] for role in clouds.of_type("azure-native:authorization:RoleAssignment")]
    assert ["/the/container", "/the/container", "/the/vault"] == sorted(scopes)


def test_refuses_a_foundation_of_another_tenant() -> None:
    """It should plan nothing on a foundation that belongs to another tenant."""
    foundation = {**FOUNDATION_OUTPUTS, "tenant_id": OTHER}
    Clouds(stacks={"foundation-rehearsal": foundation}).install(str(STACK))

    with pytest.raises(WrongOwner) as refused:
        lay()

    assert "stack foundation-rehearsal" == refused.value.where


def test_refuses_an_entra_credential_of_another_tenant() -> None:
    """It should plan nothing when the directory that is signed in to is another one."""
    Clouds(tenant=OTHER, stacks={"foundation-rehearsal": FOUNDATION_OUTPUTS}).install(str(STACK))

    with pytest.raises(WrongOwner) as refused:
        lay()

    assert "the Entra credential" == refused.value.where


@pytest.mark.parametrize("stacks", [{}, {"foundation-rehearsal": {}}])
def test_refuses_without_a_foundation(stacks: dict[str, dict[str, str]]) -> None:
    """It should say which stack to deploy first, whether that stack is unknown or empty."""
    Clouds(stacks=stacks).install(str(STACK))

    with pytest.raises(NotDeployed) as refused:
        lay()

    assert "foundation-rehearsal" == refused.value.below
    assert "pulumi up --stack foundation-rehearsal" in str(refused.value)


def test_protects_every_resource() -> None:
    """It should protect every resource of the layer, down to the components' children."""
    clouds = Clouds(stacks={"foundation-rehearsal": FOUNDATION_OUTPUTS}).install(str(STACK))

    lay()

    assert {"operator", "operators", "approvers", *GRANTS} <= clouds.monitor.names("protect")
