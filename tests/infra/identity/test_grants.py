"""The table of role assignments."""

from __future__ import annotations

import pulumi

from infra.identity.grants import GRANTS, Grants, GrantsArgs
from tests.infra.doubles import SUBSCRIPTION, Clouds


@pulumi.runtime.test
def test_grants_on_one_vault_and_one_container() -> pulumi.Output[None]:
    """It should let the operator read secrets and file evidence, let approvers read it, and grant nothing else."""
    clouds = Clouds().install("identity-rehearsal")

    grants = Grants(
        "grants",
        GrantsArgs(
            subscription_id=SUBSCRIPTION,
            principals={"operator": "the-operator", "operators": "run", "approvers": "approve"},
            scopes={"vault": "/vault", "evidence": "/container"},
        ),
    )

    def check(_: object) -> None:
        made = {
            (role.inputs["scope"], role.inputs["principalId"], role.inputs["principalType"])
            for role in clouds.of_type("azure-native:authorization:RoleAssignment")
        }
        assert {
            ("/container", "the-operator", "ServicePrincipal"),
            ("/vault", "the-operator", "ServicePrincipal"),
            ("/container", "approve", "Group"),
        } == made

    return pulumi.Output.all(*(grant.id for grant in grants.assignments.values())).apply(check)


@pulumi.runtime.test
def test_role_is_of_the_subscription() -> pulumi.Output[None]:
    """It should name the built-in role by the subscription's own path."""
    clouds = Clouds().install("identity-rehearsal")
    everybody = dict.fromkeys(("operator", "operators", "approvers"), "somebody")

    grants = Grants("grants", GrantsArgs(SUBSCRIPTION, everybody, {"vault": "/v", "evidence": "/e"}))

    def check(_: object) -> None:
        made = {
            role.name: role.inputs["roleDefinitionId"]
            for role in clouds.of_type("azure-native:authorization:RoleAssignment")
        }
        assert (
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
            f"{GRANTS['operator-reads-secrets'].role}"
        ) == made["operator-reads-secrets"]

    return pulumi.Output.all(*(grant.id for grant in grants.assignments.values())).apply(check)
