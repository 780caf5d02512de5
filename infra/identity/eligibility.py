"""Who may become what for a few hours, and who lets them: Privileged Identity Management for groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

LONGEST_ACTIVATION = "PT4H"
"""Four hours (control 39; CIS 5.3.4): an evening's window."""

LONGEST_ELIGIBILITY = "P180D"


@dataclass(frozen=True)
class Eligible:
    """Members of *staff* may become members of *team* once a member of *approvers* has agreed, never to their own."""

    staff: str
    team: str
    approvers: str


ELIGIBLE = (
    Eligible("operator-staff", "operators", "approver-staff"),
    Eligible("approver-staff", "approvers", "approver-staff"),
)


@dataclass(frozen=True)
class EligibilityArgs:
    """*teams*: object ids of groups by name."""

    teams: Mapping[str, pulumi.Input[str]]


class Eligibility(pulumi.ComponentResource):
    """For each team its rules of activation, and the staff who may ask for it; nobody is in a team for good."""

    def __init__(self, name: str, args: EligibilityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("mailwave:identity:Eligibility", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(
            parent=self, retain_on_delete=opts.retain_on_delete if opts else None
        )

        self.rules = {row.team: self._rules(row) for row in ELIGIBLE}
        self.schedules = {row.team: self._schedule(row) for row in ELIGIBLE}

        self.register_outputs({})

    def _rules(self, row: Eligible) -> azuread.GroupRoleManagementPolicy:
        approver = azuread.GroupRoleManagementPolicyActivationRulesApprovalStagePrimaryApproverArgs(
            object_id=self._args.teams[row.approvers], type="groupMembers"
        )
        return azuread.GroupRoleManagementPolicy(
            row.team,
            group_id=self._args.teams[row.team],
            role_id="member",
            activation_rules=azuread.GroupRoleManagementPolicyActivationRulesArgs(
                maximum_duration=LONGEST_ACTIVATION,
                require_approval=True,
                approval_stage=azuread.GroupRoleManagementPolicyActivationRulesApprovalStageArgs(
                    primary_approvers=[approver]
                ),
                require_justification=True,
                require_multifactor_authentication=True,
                require_ticket_info=True,
            ),
            eligible_assignment_rules=azuread.GroupRoleManagementPolicyEligibleAssignmentRulesArgs(
                expiration_required=True, expire_after=LONGEST_ELIGIBILITY
            ),
            active_assignment_rules=azuread.GroupRoleManagementPolicyActiveAssignmentRulesArgs(
                expiration_required=True, expire_after="P15D", require_justification=True
            ),
            opts=self._child,
        )

    def _schedule(self, row: Eligible) -> azuread.PrivilegedAccessGroupEligibilitySchedule:
        return azuread.PrivilegedAccessGroupEligibilitySchedule(
            row.team,
            group_id=self._args.teams[row.team],
            principal_id=self._args.teams[row.staff],
            assignment_type="member",
            duration=LONGEST_ELIGIBILITY,
            justification="The staff of the mail migration; renewed by an access review",
            # Its length is checked against the rules.
            opts=pulumi.ResourceOptions.merge(
                self._child, pulumi.ResourceOptions(depends_on=[self.rules[row.team]])
            ),
        )
