"""Who may become what for a few hours."""

from __future__ import annotations

import pulumi

from infra.identity.eligibility import Eligibility, EligibilityArgs
from infra.identity.teams import TEAMS
from tests.infra.doubles import Clouds

RULES = "azuread:index/groupRoleManagementPolicy:GroupRoleManagementPolicy"
SCHEDULE = "azuread:index/privilegedAccessGroupEligibilitySchedule:PrivilegedAccessGroupEligibilitySchedule"


@pulumi.runtime.test
def test_activation_needs_somebody_else_and_ends() -> pulumi.Output[None]:
    """It should let staff in for four hours at most, with approval, MFA, a reason and a ticket (control 39)."""
    clouds = Clouds().install("identity-rehearsal")

    eligibility = Eligibility("eligibility", EligibilityArgs({team: f"the-{team}" for team in TEAMS}))

    def check(_: object) -> None:
        rules = {each.inputs["groupId"]: each.inputs for each in clouds.of_type(RULES)}
        assert {"the-operators", "the-approvers"} == set(rules)
        for of_one in rules.values():
            assert {
                "maximumDuration": "PT4H",
                "requireApproval": True,
                "approvalStage": {
                    "primaryApprovers": [{"objectId": "the-approver-staff", "type": "groupMembers"}]
                },
                "requireJustification": True,
                "requireMultifactorAuthentication": True,
                "requireTicketInfo": True,
            } == of_one["activationRules"]
            assert of_one["activeAssignmentRules"]["expirationRequired"]

    return pulumi.Output.all(*(each.id for each in eligibility.schedules.values())).apply(check)


@pulumi.runtime.test
def test_staff_are_eligible_and_not_for_good() -> pulumi.Output[None]:
    """It should make each staff group, not a person, eligible for its team, for 180 days."""
    clouds = Clouds().install("identity-rehearsal")

    eligibility = Eligibility("eligibility", EligibilityArgs({team: f"the-{team}" for team in TEAMS}))

    def check(_: object) -> None:
        made = [each.inputs for each in clouds.of_type(SCHEDULE)]
        assert {
            ("the-operator-staff", "the-operators", "P180D"),
            ("the-approver-staff", "the-approvers", "P180D"),
        } == {(each["principalId"], each["groupId"], each["duration"]) for each in made}
        assert not any("permanentAssignment" in each for each in made)

    return pulumi.Output.all(*(each.id for each in eligibility.schedules.values())).apply(check)
