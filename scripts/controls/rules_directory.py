"""What the directory must hold: policies of signing in, and nothing permanent (controls 29 to 35, 39 and 43)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from controls.model import UNKNOWN, Finding, Resource, StackRule, of_type

POLICY = "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy"
BREAK_GLASS = "break-glass"
"""What the group of break-glass accounts is called in the program."""

LONGEST_CERTIFICATE = timedelta(days=180)
LONGEST_ACTIVATION_HOURS = 4

_Test = Callable[[Resource], bool]


def _demand(wanted: _Test, says: str) -> StackRule:
    """A rule of the layer of identity: a policy does what is *wanted*, and is in force where mail is real."""

    def rule(stack: Sequence[Resource]) -> Iterator[Finding]:
        policies = of_type(stack, POLICY)
        if _of_identity(stack) and not any(wanted(each) and _in_force(each) for each in policies):
            yield Finding(None, f"no policy in force {says}")

    return rule


def _of_identity(stack: Sequence[Resource]) -> bool:
    return bool(stack) and stack[0].layer == "identity"


def _in_force(policy: Resource) -> bool:
    return policy.get("state") == "enabled" or not policy.kept


def _for_all(policy: Resource) -> bool:
    return policy.every("conditions.users.includedUsers") == ["All"] and policy.every(
        "conditions.applications.includedApplications"
    ) == ["All"]


def _blocks(policy: Resource) -> bool:
    return _for_all(policy) and policy.every("grantControls.builtInControls") == ["block"]


def _blocks_legacy(policy: Resource) -> bool:
    return _blocks(policy) and {"exchangeActiveSync", "other"} <= set(
        policy.every("conditions.clientAppTypes")
    )


def _blocks_risky(path: str) -> _Test:
    return lambda policy: _blocks(policy) and "high" in policy.every(path)


def _asks_for_mfa(policy: Resource) -> bool:
    return (
        _for_all(policy)
        and policy.every("conditions.clientAppTypes") == ["all"]
        and "mfa" in policy.every("grantControls.builtInControls")
    )


def _asks_the_privileged_for_strength(policy: Resource) -> bool:
    return bool(
        policy.every("conditions.users.includedRoles")
        and policy.get("grantControls.authenticationStrengthPolicyId")
    )


def _blocks_transfer(policy: Resource) -> bool:
    flows = set(policy.every("conditions.authenticationFlowTransferMethods"))
    return _blocks(policy) and {"deviceCodeFlow", "authenticationTransfer"} <= flows


def _bounds_sessions(policy: Resource) -> bool:
    often = policy.get("sessionControls.signInFrequency")
    return bool(
        policy.every("conditions.users.includedRoles")
        and policy.get("sessionControls.signInFrequencyPeriod") == "hours"
        and isinstance(often, int | float)
        and often <= LONGEST_ACTIVATION_HOURS
        and policy.get("sessionControls.persistentBrowserMode") == "never"
    )


legacy_blocked = _demand(_blocks_legacy, "blocks legacy authentication for everybody")
risky_users_blocked = _demand(_blocks_risky("conditions.userRiskLevels"), "blocks users at high risk")
risky_sign_ins_blocked = _demand(_blocks_risky("conditions.signInRiskLevels"), "blocks sign-ins at high risk")
mfa_for_all = _demand(_asks_for_mfa, "asks everybody for multifactor authentication")
strength_for_privileged = _demand(
    _asks_the_privileged_for_strength, "asks the privileged for phishing-resistant sign-in"
)
transfer_blocked = _demand(_blocks_transfer, "blocks device codes and transferred sign-ins")
sessions_bounded = _demand(_bounds_sessions, "lets sessions of the privileged last four hours at most")


def only_break_glass_outside(stack: Sequence[Resource]) -> Iterator[Finding]:
    """Outside each policy are the break-glass group, by a reference to it, and nobody else."""
    for policy in of_type(stack, POLICY):
        yield from (Finding(policy, says) for says in _outside(policy))


def _outside(policy: Resource) -> Iterator[str]:
    for kind in ("excludedUsers", "excludedRoles"):
        if policy.every(f"conditions.users.{kind}"):
            yield f"its {kind} lets others than the break-glass group out"
    outside = policy.every("conditions.users.excludedGroups")
    if len(outside) != 1:
        yield f"its excludedGroups are {len(outside)} and must be the break-glass group alone"
    elif BREAK_GLASS not in {name for _, name in policy.depends.get("conditions", ())}:
        yield "its excludedGroups do not refer to the break-glass group"


def activation_is_bounded(resource: Resource) -> Iterator[str]:
    """Whoever may become a member does so for four hours at most, and another approves."""
    longest = str(resource.get("activationRules.maximumDuration"))
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?", longest)
    minutes = int(found[1] or 0) * 60 + int(found[2] or 0) if found else 0
    if longest != UNKNOWN and not 0 < minutes <= LONGEST_ACTIVATION_HOURS * 60:
        yield f"an activation lasts {longest} and may last PT{LONGEST_ACTIVATION_HOURS}H at most"
    if resource.get("activationRules.requireApproval") not in {True, UNKNOWN}:
        yield "an activation needs nobody's approval"


def nothing_is_permanent(resource: Resource) -> Iterator[str]:
    """No eligibility or membership is for good."""
    if resource.get("permanentAssignment") is True:
        yield "it is for good"


def no_application_password(resource: Resource) -> Iterator[str]:
    """Applications sign in with certificates or federated credentials."""
    yield f"{resource.type.rpartition(':')[2]} is a password: use a certificate or a federated credential"


def certificate_is_short(resource: Resource) -> Iterator[str]:
    """A certificate is valid for 180 days at most, and says from when to when."""
    first, last = resource.get("startDate"), resource.get("endDate")
    if UNKNOWN in {first, last}:
        return
    if not first or not last:
        yield "it does not say from when to when it is valid"
    elif datetime.fromisoformat(last) - datetime.fromisoformat(first) > LONGEST_CERTIFICATE:
        yield f"it is valid from {first} to {last}, longer than {LONGEST_CERTIFICATE.days} days"
