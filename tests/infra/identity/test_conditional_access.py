"""How anybody signs in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, get_args

import pulumi
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.identity.access_policies import ACCESS_POLICIES, PRIVILEGED_ROLES, AccessPolicy
from infra.identity.conditional_access import ConditionalAccess, ConditionalAccessArgs
from infra.settings.identity import Policy
from tests.infra.doubles import Clouds

POLICY = "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy"
TEAMS = {team: f"the-{team}" for team in ("operators", "approvers", "break-glass")}


def made(
    check: Callable[[dict[str, dict[str, Any]]], None], enforced: Collection[Policy] = ()
) -> pulumi.Output[None]:
    """Make the policies, and *check* their inputs by name."""
    clouds = Clouds().install("identity-rehearsal")
    titles = {name: f"mailwave {name}" for name in (*ACCESS_POLICIES, "strength")}
    access = ConditionalAccess("access", ConditionalAccessArgs(titles, TEAMS, enforced))
    ids = [policy.id for policy in access.policies.values()]
    return pulumi.Output.all(*ids).apply(
        lambda _: check({each.name: each.inputs for each in clouds.of_type(POLICY)})
    )


@pulumi.runtime.test
def test_break_glass_is_outside_every_policy() -> pulumi.Output[None]:
    """It should leave the break-glass group, and nobody else, outside every policy (control 35)."""

    def check(policies: dict[str, dict[str, Any]]) -> None:
        assert set(ACCESS_POLICIES) == set(policies)
        for policy in policies.values():
            users = policy["conditions"]["users"]
            assert ["the-break-glass"] == users["excludedGroups"]
            assert not {"excludedUsers", "excludedRoles", "excludedGuestsOrExternalUsers"} & set(users)
            assert "excludedApplications" not in policy["conditions"]["applications"]

    return made(check)


@given(
    st.builds(
        AccessPolicy,
        says=st.just("Any"),
        grant=st.sampled_from(["", "block", "mfa", "strength"]),
        privileged=st.booleans(),
        client_apps=st.just(("all",)),
        flows=st.sampled_from([(), ("deviceCodeFlow",)]),
        hours=st.sampled_from([0, 4]),
    )
)
@settings(max_examples=40, deadline=None)
def test_no_row_can_leave_anybody_else_outside(row: AccessPolicy) -> None:
    """It should exclude the break-glass group whatever a row of the table says."""
    builder = ConditionalAccess.__new__(ConditionalAccess)
    builder._args = ConditionalAccessArgs({}, TEAMS, ())

    users = builder._users(row)

    assert ["the-break-glass"] == users.excluded_groups
    assert (users.excluded_users, users.excluded_roles) == (None, None)


@pulumi.runtime.test
def test_a_policy_reports_until_it_is_enforced() -> pulumi.Output[None]:
    """It should put in force what the configuration names, and let every other policy only report."""

    def check(policies: dict[str, dict[str, Any]]) -> None:
        states = {name: policy["state"] for name, policy in policies.items()}
        assert "enabled" == states.pop("require-mfa")
        assert {"enabledForReportingButNotEnforced"} == set(states.values())

    enforced: tuple[Policy, ...] = ("require-mfa",)
    return made(check, enforced)


@pulumi.runtime.test
def test_says_what_each_policy_is_called_for() -> pulumi.Output[None]:
    """It should block, ask and bound as the controls 29 to 34 say."""

    def check(policies: dict[str, dict[str, Any]]) -> None:
        def block(name: str, condition: str) -> object:
            assert ["block"] == policies[name]["grantControls"]["builtInControls"]
            assert ["All"] == policies[name]["conditions"]["users"]["includedUsers"]
            return policies[name]["conditions"][condition]

        assert ["exchangeActiveSync", "other"] == block("block-legacy-authentication", "clientAppTypes")
        assert ["high"] == block("block-high-risk-users", "userRiskLevels")
        assert ["high"] == block("block-high-risk-sign-ins", "signInRiskLevels")
        flows = block("block-device-code", "authenticationFlowTransferMethods")
        assert ["authenticationTransfer", "deviceCodeFlow"] == flows
        assert ["mfa"] == policies["require-mfa"]["grantControls"]["builtInControls"]
        strong = policies["phishing-resistant-for-privileged"]
        assert strong["grantControls"]["authenticationStrengthPolicyId"].endswith("/phishing-resistant")
        bounded = policies["sign-in-frequency-for-privileged"]
        assert {
            "signInFrequency": 4,
            "signInFrequencyPeriod": "hours",
            "persistentBrowserMode": "never",
        } == bounded["sessionControls"]
        for policy in (strong, bounded):
            users = policy["conditions"]["users"]
            assert list(PRIVILEGED_ROLES.values()) == users["includedRoles"]
            assert ["the-operators", "the-approvers"] == users["includedGroups"]

    return made(check)


def test_every_policy_can_be_configured() -> None:
    """It should know by name exactly the policies that a stack file may put in force."""
    assert set(get_args(Policy.__value__)) == set(ACCESS_POLICIES)
