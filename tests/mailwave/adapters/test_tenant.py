"""The live tenant as the controls see it: Exchange Online and Graph, with the real clients, over one directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from controls.baseline import Evidence, Unread, Verdict, judged, types_to_read
from controls.catalogue import controls
from controls.rules_tenant import GLOBAL_ADMINISTRATOR
from mailwave.core.outcomes import ActError, ActRefused
from rehearsal.wire import Reply, json_reply
from tests.controls.tenant import TODAY
from tests.mailwave.adapters.whole_tenant import WholeTenant

WATCH = "watch@nhsmail.example"
REPAIRS: Mapping[str, Mapping[str, Any]] = {
    "Set-HostedOutboundSpamFilterPolicy": {
        "Identity": "Default",
        "AutoForwardingMode": "Off",
        "RecipientLimitExternalPerHour": 500,
        "RecipientLimitInternalPerHour": 1000,
        "RecipientLimitPerDay": 1000,
        "ActionWhenThresholdReached": "BlockUser",
        "NotifyOutboundSpam": True,
        "NotifyOutboundSpamRecipients": [WATCH],
    },
    "Set-RemoteDomain": {"Identity": "Default", "AutoForwardEnabled": False},
    "Set-SharingPolicy": {
        "Identity": "Default Sharing Policy",
        "Domains": ["Anonymous:CalendarSharingFreeBusySimple"],
    },
    "Set-ExternalInOutlook": {"Enabled": True},
    "Set-OrganizationConfig": {
        "RejectDirectSend": True,
        "MailTipsExternalRecipientsTipsEnabled": True,
        "CustomerLockboxEnabled": True,
    },
    "Set-OwaMailboxPolicy": {
        "Identity": "OwaMailboxPolicy-Default",
        "PersonalAccountsEnabled": False,
        "AdditionalStorageProvidersAvailable": False,
    },
    "Set-AntiPhishPolicy": {
        "Identity": "Office365 AntiPhish Default",
        **{
            f"Enable{name}": True
            for name in (
                *("TargetedUserProtection", "OrganizationDomainsProtection", "MailboxIntelligenceProtection"),
                *("FirstContactSafetyTips", "SimilarUsersSafetyTips", "SimilarDomainsSafetyTips"),
                "UnusualCharactersSafetyTips",
            )
        },
    },
    "New-SafeLinksPolicy": {
        "Name": "links",
        **dict.fromkeys(
            (
                *(
                    "EnableSafeLinksForEmail",
                    "EnableSafeLinksForTeams",
                    "EnableSafeLinksForOffice",
                    "ScanUrls",
                ),
                *("EnableForInternalSenders", "DeliverMessageAfterScan", "TrackClicks"),
            ),
            True,
        ),
        **dict.fromkeys(("AllowClickThrough", "DisableUrlRewrite"), False),
    },
}
ORGANISATION = "Set-OrganizationConfig"
PEOPLE, APPS = "Default Role Assignment Policy", "My Custom Apps"
GIVE, TAKE = "New-ManagementRoleAssignment", "Remove-ManagementRoleAssignment"
STRICT = {"Identity": "Strict Preset Security Policy"}
DRIFT = (
    (1, "Set-HostedOutboundSpamFilterPolicy", {"Identity": "Default"}, "AutoForwardingMode", "On", "Off"),
    (1, "Set-RemoteDomain", {"Identity": "Default"}, "AutoForwardEnabled", True, False),
    (5, "Set-TransportConfig", {}, "SmtpClientAuthenticationDisabled", False, True),
    (7, "Set-ExternalInOutlook", {}, "Enabled", False, True),
    (8, ORGANISATION, {}, "AuditDisabled", True, False),
    (10, ORGANISATION, {}, "RejectDirectSend", False, True),
    (14, ORGANISATION, {}, "MailTipsLargeAudienceThreshold", 26, 24),
    (17, ORGANISATION, {}, "DelayedDelicensingEnabled", False, True),
    (25, "Set-HostedOutboundSpamFilterPolicy", {"Identity": "Default"}, "RecipientLimitPerDay", 1001, 999),
    (27, "Set-AdminAuditLogConfig", {}, "UnifiedAuditLogIngestionEnabled", False, True),
    (28, "Set-EOPProtectionPolicyRule", STRICT, "ExceptIfSentTo", ["chief@nhsmail.example"], []),
)
SWITCHED = (
    (12, GIVE, {"Role": APPS, "Policy": PEOPLE}, TAKE, {"Identity": f"{APPS}-{PEOPLE}"}),
    (None, GIVE, {"Role": "MyVoiceMail", "Policy": PEOPLE}, TAKE, {"Identity": f"MyVoiceMail-{PEOPLE}"}),
    (28, "Disable-ATPProtectionPolicyRule", STRICT, "Enable-ATPProtectionPolicyRule", STRICT),
)
"""What breaks a control, or none, by a cmdlet of its own, and what mends it."""
SELF_CONSENT = "ManagePermissionGrantsForSelf.microsoft-user-default-legacy"
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "authorizationPolicy": {
        "allowInvitesFrom": "adminsAndGuestInviters",
        "defaultUserRolePermissions": {"allowedToCreateApps": False, "permissionGrantPoliciesAssigned": []},
    },
    "adminConsentRequestPolicy": {"isEnabled": True},
    "defaultAppManagementPolicy": {
        "isEnabled": True,
        "applicationRestrictions": {
            "passwordCredentials": [{"restrictionType": "passwordAddition", "state": "enabled"}],
            "keyCredentials": [{"restrictionType": "asymmetricKeyLifetime", "maxLifetime": "P180D"}],
        },
    },
    "onPremisesSynchronization": {
        "features": {"blockSoftMatchEnabled": True, "blockCloudObjectTakeoverThroughHardMatchEnabled": True}
    },
}
POLICY, SYNC = "authorizationPolicy", "onPremisesSynchronization"
SETTLED = (
    (41, POLICY, {"defaultUserRolePermissions": {"allowedToCreateApps": True}}),
    (42, POLICY, {"defaultUserRolePermissions": {"permissionGrantPoliciesAssigned": [SELF_CONSENT]}}),
    (42, "adminConsentRequestPolicy", {"isEnabled": False}),
    (43, "defaultAppManagementPolicy", {"isEnabled": False}),
    (44, POLICY, {"allowInvitesFrom": "everyone"}),
    (45, SYNC, {"features": {"blockSoftMatchEnabled": False}}),
    (None, SYNC, {"features": {"passwordSyncEnabled": False}}),
    (None, POLICY, {"allowInvitesFrom": "none"}),
)
UNSIGNED = 3
"""The control that no cmdlet repairs here: the public records of a signature are the stack's."""


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeTenant]:
    """A tenant with every setting as it should be, but for the signatures."""
    with closing(WholeTenant(tmp_path_factory.mktemp("tenant"))) as made:
        for cmdlet, parameters in REPAIRS.items():
            made.set(cmdlet, **parameters)
        made.set(ORGANISATION, DelayedDelicensingEnabled=True)  # of a parameter set of its own
        for role in (APPS, "My Marketplace Apps", "My ReadWriteMailbox Apps", "MyVoiceMail"):
            made.set(TAKE, Identity=f"{role}-{PEOPLE}")
        for kind in ("EOP", "ATP"):
            made.set(f"Enable-{kind}ProtectionPolicyRule", **STRICT)
        for name, values in SETTINGS.items():
            made.settle(name, values)
        yield made


def verdicts(tenant: WholeTenant) -> dict[int, Verdict]:
    """The verdict on each control that a live check looks at, once the service's limit has room again."""
    tenant.wait(900)
    every = [control for control in controls() if control.live]
    seen: dict[str, Any] = {}
    for kind in types_to_read(every):
        try:
            seen[kind] = tenant.live.read(kind)
        except ActError as error:
            seen[kind] = Unread(str(error))
    return {each.control: each.verdict for each in judged(every, Evidence({"hybrid": ()}, seen), TODAY)}


def broken(tenant: WholeTenant) -> set[int]:
    """The controls that do not pass, but for the signatures."""
    return {number for number, verdict in verdicts(tenant).items() if verdict is not Verdict.PASSED} - {
        UNSIGNED
    }


def test_a_tenant_in_order_passes(tenant: WholeTenant) -> None:
    """It should read everything that the live checks ask for, and find nothing but the missing signature."""
    assert set() == broken(tenant)
    assert Verdict.FAILED is verdicts(tenant)[UNSIGNED]


@pytest.mark.parametrize(("control", "cmdlet", "whose", "parameter", "bad", "near"), DRIFT)
def test_a_setting_changed_behind_our_back_is_found(
    tenant: WholeTenant,
    control: int,
    cmdlet: str,
    whose: Mapping[str, str],
    parameter: str,
    bad: object,
    near: object,
) -> None:
    """It should find the drift by that control and by no other, and let a value pass that keeps the control."""
    tenant.set(cmdlet, **whose, **{parameter: bad})
    found = broken(tenant)
    tenant.set(cmdlet, **whose, **{parameter: near})

    assert {control} == found
    assert set() == broken(tenant)


@pytest.mark.parametrize(("control", "cmdlet", "given", "mending", "back"), SWITCHED)
def test_what_is_switched_behind_our_back_is_found(
    tenant: WholeTenant,
    control: int | None,
    cmdlet: str,
    given: Mapping[str, str],
    mending: str,
    back: Mapping[str, str],
) -> None:
    """It should find a role of add-ins, and a preset that is off, by their control and no other."""
    tenant.set(cmdlet, **given)
    found = broken(tenant)
    tenant.set(mending, **back)

    assert ({control} if control else set()) == found


@pytest.mark.parametrize(("control", "name", "values"), SETTLED)
def test_a_setting_of_the_directory_changed_behind_our_back_is_found(
    tenant: WholeTenant, control: int | None, name: str, values: Mapping[str, Any]
) -> None:
    """It should find the drift by that control and by no other, and pass what the control is not about."""
    tenant.settle(name, values)
    found = broken(tenant)
    tenant.settle(name, SETTINGS[name])

    assert ({control} if control else set()) == found


def test_a_room_that_can_sign_in_is_found(tenant: WholeTenant) -> None:
    """It should look at the accounts of shared mailboxes and rooms only."""
    rows = tenant.admin.invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).rows
    assert [] == [row for row in rows if row["RecipientTypeDetails"] != "UserMailbox"]
    assert [] == list(tenant.live.read("graph:resourceAccount"))

    kinds = [
        {"ExternalDirectoryObjectId": each.id, "PrimarySmtpAddress": "room@x"} for each in some_users(tenant)
    ]
    tenant.answers["/InvokeCommand"] = json_reply({"value": kinds})
    try:
        assert Verdict.FAILED is verdicts(tenant)[15]
    finally:
        tenant.answers.clear()


def some_users(tenant: WholeTenant) -> list[Any]:
    store = tenant.world.directory.store
    return [store.find(key) for key in store.ids("users")[:2]]


def test_administrators_are_counted_and_known(tenant: WholeTenant) -> None:
    """It should name administrators who came from on-premises, and count those who rule all."""
    assert {"break-glass-1@nhsmail.onmicrosoft.com", "break-glass-2@nhsmail.onmicrosoft.com"} == {
        each.name for each in tenant.live.read("graph:administrator")
    }
    settings = tenant.world.directory.settings
    made = [settings.assign(each.id, GLOBAL_ADMINISTRATOR) for each in some_users(tenant)]
    try:
        assert {38} == broken(tenant)
        made.append(settings.assign(tenant.world.directory.store.ids("users")[2], GLOBAL_ADMINISTRATOR))
        assert {37, 38} == broken(tenant)
    finally:
        for each in made:
            settings.withdraw(each.id)


@pytest.mark.parametrize(
    ("part", "reply", "unknown"),
    [
        ("/policies/authorizationPolicy", json_reply({"error": {"message": "no"}}, 403), {41, 42, 44}),
        ("/policies/authorizationPolicy", json_reply({}, 404), {41, 42, 44}),
        ("/roleManagement", Reply(500), {37, 38}),
        ("/roleManagement", json_reply({"value": []}), {37, 38}),
        ("/roleManagement", Reply(429, {"retry-after": "1.5"}), {37, 38}),
    ],
)
def test_what_cannot_be_read_is_unknown(
    tenant: WholeTenant, part: str, reply: Reply, unknown: set[int]
) -> None:
    """It should pass nothing that it has not seen: a refusal, nothing where something must be, an error."""
    tenant.answers[part] = reply
    try:
        found = verdicts(tenant)
    finally:
        tenant.answers.clear()

    assert unknown == {number for number, verdict in found.items() if verdict is Verdict.UNKNOWN}


def test_graph_is_asked_again_as_it_wishes(tenant: WholeTenant) -> None:
    """It should wait as long as a 429 says, in parts of a second too (fact C24), and give up in the end."""
    tenant.waits.clear()
    tenant.answers["/policies"] = Reply(429, {"retry-after": "1.5"})
    try:
        with pytest.raises(ActRefused, match=r"read of .*authorizationPolicy: 429"):
            tenant.graph().one("policies/authorizationPolicy")
    finally:
        tenant.answers.clear()

    assert [1.5] * 4 == tenant.waits
