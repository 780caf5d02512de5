"""How anybody signs in: every row of the table as a policy, and the one exception that all of them make."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from infra.identity.access_policies import (
    ACCESS_POLICIES,
    PHISHING_RESISTANT,
    PRIVILEGED_ROLES,
    PRIVILEGED_TEAMS,
    AccessPolicy,
)
from infra.settings.identity import Policy

ENFORCED, REPORTING = "enabled", "enabledForReportingButNotEnforced"


@dataclass(frozen=True)
class ConditionalAccessArgs:
    """*display_names*: by policy, and of the strength; *teams*: object ids of groups; *enforced*: any other reports."""

    display_names: Mapping[str, str]
    teams: Mapping[str, pulumi.Input[str]]
    enforced: Collection[Policy]


class ConditionalAccess(pulumi.ComponentResource):
    """The policies of `ACCESS_POLICIES`; the break-glass group is outside all of them, and nobody else is."""

    def __init__(
        self, name: str, args: ConditionalAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("mailwave:identity:ConditionalAccess", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(
            parent=self, retain_on_delete=opts.retain_on_delete if opts else None
        )

        self.strength = self._strength()
        self.policies = {policy: self._policy(policy) for policy in ACCESS_POLICIES}

        self.register_outputs({})

    def _strength(self) -> azuread.AuthenticationStrengthPolicy:
        return azuread.AuthenticationStrengthPolicy(
            "phishing-resistant",
            display_name=self._args.display_names["strength"],
            description="Keys, Windows Hello and certificates",
            allowed_combinations=list(PHISHING_RESISTANT),
            opts=self._child,
        )

    def _policy(self, policy: Policy) -> azuread.ConditionalAccessPolicy:
        row = ACCESS_POLICIES[policy]
        return azuread.ConditionalAccessPolicy(
            policy,
            display_name=self._args.display_names[policy],
            state=ENFORCED if policy in self._args.enforced else REPORTING,
            conditions=self._conditions(row),
            grant_controls=self._grant(row),
            session_controls=_session(row),
            opts=self._child,
        )

    def _conditions(self, row: AccessPolicy) -> azuread.ConditionalAccessPolicyConditionsArgs:
        return azuread.ConditionalAccessPolicyConditionsArgs(
            applications=azuread.ConditionalAccessPolicyConditionsApplicationsArgs(
                included_applications=["All"]
            ),
            client_app_types=list(row.client_apps),
            users=self._users(row),
            authentication_flow_transfer_methods=list(row.flows) or None,
            user_risk_levels=list(row.user_risk) or None,
            sign_in_risk_levels=list(row.sign_in_risk) or None,
        )

    def _users(self, row: AccessPolicy) -> azuread.ConditionalAccessPolicyConditionsUsersArgs:
        outside = [self._args.teams["break-glass"]]
        if not row.privileged:
            return azuread.ConditionalAccessPolicyConditionsUsersArgs(
                included_users=["All"], excluded_groups=outside
            )
        return azuread.ConditionalAccessPolicyConditionsUsersArgs(
            included_roles=list(PRIVILEGED_ROLES.values()),
            included_groups=[self._args.teams[team] for team in PRIVILEGED_TEAMS],
            excluded_groups=outside,
        )

    def _grant(self, row: AccessPolicy) -> azuread.ConditionalAccessPolicyGrantControlsArgs | None:
        if not row.grant:
            return None
        if row.grant == "strength":
            return azuread.ConditionalAccessPolicyGrantControlsArgs(
                operator="OR", authentication_strength_policy_id=self.strength.id
            )
        return azuread.ConditionalAccessPolicyGrantControlsArgs(operator="OR", built_in_controls=[row.grant])


def _session(row: AccessPolicy) -> azuread.ConditionalAccessPolicySessionControlsArgs | None:
    if not row.hours:
        return None
    return azuread.ConditionalAccessPolicySessionControlsArgs(
        sign_in_frequency=row.hours, sign_in_frequency_period="hours", persistent_browser_mode="never"
    )
