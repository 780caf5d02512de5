"""What the directory must show that no stack declares: settings of the tenant, and who rules it (controls 15 to 45).

The objects are Microsoft Graph's, with its names of properties; their types are called after what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from controls.model import Finding, Resource, ResourceRule, of_type, unlike
from controls.wanted import one_of

GRAPH = "graph:"
AUTHORISATION = f"{GRAPH}authorizationPolicy"
CONSENT_REQUESTS = f"{GRAPH}adminConsentRequestPolicy"
APPLICATIONS = f"{GRAPH}defaultAppManagementPolicy"
SYNCHRONISATION = f"{GRAPH}onPremisesSynchronization"
ADMINISTRATOR = f"{GRAPH}administrator"
RESOURCE_ACCOUNT = f"{GRAPH}resourceAccount"

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
"""The template of that role ("Microsoft Entra built-in roles"), the same in every tenant."""

FEWEST, MOST = 2, 4
"""Global administrators: CIS 1.1.3; the other benchmark allows eight (section C2, control 37)."""

GUESTS = ("10dae51f-b6af-4016-8d66-8c2a99b929b3", "2af84b1e-32c8-42b7-82bc-daa82404023b")
"""What a guest may see, limited or restricted: `guestUserRoleId` of Graph's authorizationPolicy."""

INVITERS = ("none", "adminsAndGuestInviters")
_OWN_CONSENT = "ManagePermissionGrantsForSelf."
LONGEST_DAYS = 180


def nobody_signs_in(resource: Resource) -> Iterator[str]:
    """The account of a shared mailbox or a room cannot sign in."""
    yield from unlike(resource, {"accountEnabled": False})


def few_rule_all(stack: Sequence[Resource]) -> Iterator[Finding]:
    """Two to four people hold the role of a global administrator, counted once each."""
    holders = {
        each.get("principalId")
        for each in of_type(stack, ADMINISTRATOR)
        if each.get("roleDefinitionId") == GLOBAL_ADMINISTRATOR
    }
    if not FEWEST <= len(holders) <= MOST:
        yield Finding(
            None, f"{len(holders)} accounts are global administrators and must be {FEWEST} to {MOST}"
        )


def administrator_is_cloud_only(resource: Resource) -> Iterator[str]:
    """Whoever has a role of the directory is not synchronised from on-premises."""
    if resource.get("principal.onPremisesSyncEnabled"):
        yield f"an administrator ({resource.get('principal.userPrincipalName')}) comes from on-premises"


def no_own_applications(resource: Resource) -> Iterator[str]:
    """People cannot register applications."""
    yield from unlike(resource, {"defaultUserRolePermissions.allowedToCreateApps": False})


def no_own_consent(resource: Resource) -> Iterator[str]:
    """No policy lets people consent to applications for themselves."""
    for policy in resource.every("permissionGrantPolicyIdsAssignedToDefaultUserRole") + resource.every(
        "defaultUserRolePermissions.permissionGrantPoliciesAssigned"
    ):
        if str(policy).startswith(_OWN_CONSENT):
            yield f"people may consent by {policy}"


def consent_is_asked_for(resource: Resource) -> Iterator[str]:
    """People can ask an administrator to consent."""
    yield from unlike(resource, {"isEnabled": True})


def applications_have_no_passwords(resource: Resource) -> Iterator[str]:
    """No application can be given a password, nor a certificate for longer than 180 days."""
    yield from unlike(resource, {"isEnabled": True})
    passwords = _restrictions(resource, "passwordCredentials", "passwordAddition")
    if not any(each.get("state", "enabled") == "enabled" for each in passwords):
        yield "it lets applications be given passwords"
    lengths = _restrictions(resource, "keyCredentials", "asymmetricKeyLifetime")
    if not any(_days(each.get("maxLifetime")) <= LONGEST_DAYS for each in lengths):
        yield f"it lets certificates last longer than {LONGEST_DAYS} days"


def _restrictions(resource: Resource, kind: str, restriction: str) -> list[Any]:
    return [
        each
        for each in resource.every(f"applicationRestrictions.{kind}")
        if each.get("restrictionType") == restriction
    ]


def _days(duration: Any) -> float:
    """A duration in whole days, as Graph writes it; infinitely long where it is none."""
    found = re.fullmatch(r"P(\d+)D(?:T0[HMS])?", str(duration))
    return int(found[1]) if found else float("inf")


def guests_see_little(resource: Resource) -> Iterator[str]:
    """Guests see little, and only administrators and those named as inviters invite them."""
    yield from unlike(resource, {"guestUserRoleId": one_of(GUESTS), "allowInvitesFrom": one_of(INVITERS)})


def accounts_stay_their_own(resource: Resource) -> Iterator[str]:
    """Synchronisation takes no account over, neither by its address nor by its anchor."""
    yield from unlike(
        resource,
        {
            "features.blockSoftMatchEnabled": True,
            "features.blockCloudObjectTakeoverThroughHardMatchEnabled": True,
        },
    )


RESOURCE_RULES: Sequence[ResourceRule] = (
    nobody_signs_in,
    administrator_is_cloud_only,
    no_own_applications,
    no_own_consent,
    consent_is_asked_for,
    applications_have_no_passwords,
    guests_see_little,
    accounts_stay_their_own,
)
