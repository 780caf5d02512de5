"""The table of role assignments."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from infra.identity.grants import GRANTS, Grants, GrantsArgs
from infra.identity.roles import ROLES
from tests.infra.doubles import SUBSCRIPTION, Clouds, run

SCOPES = {"vault": "/vault", "evidence": "/container", "platform": "/group"}
WHO = ("reader", "batch-runner", "completer", "courier", "mender", "operators", "approvers", "runners")


def the_grants(who: Sequence[str] = WHO) -> Grants:
    return Grants(
        "grants",
        GrantsArgs(
            subscription_id=SUBSCRIPTION,
            principals={each: f"the-{each}" for each in who},
            scopes=SCOPES,
            roles={role: f"/role/{role}" for role in ROLES},
        ),
    )


@pulumi.runtime.test
def test_grants_no_more_than_a_duty_needs() -> pulumi.Output[None]:
    """It should let duties file evidence, three read secrets, approvers read evidence, operators start jobs."""
    clouds = Clouds().install("identity-rehearsal")

    grants = the_grants()

    def check(_: object) -> None:
        made = {
            (role.inputs["scope"], role.inputs["principalId"], role.inputs["principalType"])
            for role in clouds.of_type("azure-native:authorization:RoleAssignment")
        }
        assert {
            ("/container", "the-reader", "ServicePrincipal"),
            ("/container", "the-batch-runner", "ServicePrincipal"),
            ("/container", "the-completer", "ServicePrincipal"),
            ("/container", "the-courier", "ServicePrincipal"),
            ("/vault", "the-courier", "ServicePrincipal"),
            ("/container", "the-mender", "ServicePrincipal"),
            ("/vault", "the-mender", "ServicePrincipal"),
            ("/container", "the-runners", "ServicePrincipal"),
            ("/vault", "the-batch-runner", "ServicePrincipal"),
            ("/container", "the-approvers", "Group"),
            ("/group", "the-operators", "Group"),
        } == made

    return pulumi.Output.all(*(grant.id for grant in grants.assignments.values())).apply(check)


@pulumi.runtime.test
def test_role_is_our_own_or_of_the_subscription() -> pulumi.Output[None]:
    """It should name a custom role by its id, and a built-in one by the subscription's own path."""
    clouds = Clouds().install("identity-rehearsal")

    grants = the_grants()

    def check(_: object) -> None:
        made = {
            role.name: role.inputs["roleDefinitionId"]
            for role in clouds.of_type("azure-native:authorization:RoleAssignment")
        }
        assert "/role/evidence-filer" == made["completer-files-evidence"]
        assert (
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
            f"{GRANTS['batch-runner-reads-secrets'].role}"
        ) == made["batch-runner-reads-secrets"]

    return pulumi.Output.all(*(grant.id for grant in grants.assignments.values())).apply(check)


def test_nobody_files_evidence_with_a_role_that_deletes() -> None:
    """It should give whoever files evidence the role of our own, in which nothing deletes."""
    filers = [grant for grant in GRANTS.values() if grant.where == "evidence" and grant.kind != "Group"]

    assert {"evidence-filer"} == {grant.role for grant in filers}
    assert "runners" in {grant.who for grant in filers}
    assert [] == [each for each in ROLES["evidence-filer"].data_actions if "delete" in each.lower()]


def test_who_is_not_there_is_granted_nothing() -> None:
    """It should leave out the runners of an environment that has none."""
    clouds = Clouds().install("identity-rehearsal")

    run(lambda: {"ids": [each.id for each in the_grants(WHO[:-1]).assignments.values()]})

    made = {each.name for each in clouds.of_type("azure-native:authorization:RoleAssignment")}
    assert GRANTS.keys() - {"runners-file-evidence"} == made
