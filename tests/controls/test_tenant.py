"""The live checks, and the same rules on what a stack declares: a good tenant, and one that differs in one field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from controls.baseline import Verdict
from controls.catalogue import controls, findings
from controls.model import UNKNOWN, Resource
from controls.rules_tenant import GUESTS
from tests.controls.tenant import TODAY, Tenant, changed, good, judge

ORGANISATION = ("OrganizationConfig", "OrganizationConfig")
SPAM = ("HostedOutboundSpamFilterPolicy", "Default")
PHISH = ("AntiPhishPolicy", "Default")
LINKS = ("SafeLinksPolicy", "all")
STRICT = ("EOPProtectionPolicyRule", "Strict Preset Security Policy")
PREMISES = ("InboundConnector", "premises")

EXCHANGE: Sequence[tuple[int, tuple[str, str], str, Any]] = (
    (1, SPAM, "autoForwardingMode", "Automatic"),
    (1, ("RemoteDomain", "Default"), "autoForwardEnabled", True),
    (1, ("RemoteDomain", "premises"), "isInternal", False),
    (1, ("TransportRule", "mark"), "redirectMessageTo", ["somebody@outside.example"]),
    (3, ("DkimSigningConfig", "nhs.example"), "enabled", False),
    (3, ("DkimSigningConfig", "nhs.example"), "selector2KeySize", 1024),
    (5, ("TransportConfig", "TransportConfig"), "smtpClientAuthenticationDisabled", False),
    (6, ("SharingPolicy", "Default"), "domains", ["*:CalendarSharingFreeBusyDetail"]),
    (6, ("SharingPolicy", "Default"), "domains", ["Anonymous:CalendarSharingFreeBusyReviewer"]),
    (6, ("SharingPolicy", "Default"), "domains", ["*:CalendarSharingFreeBusySimple, ContactsSharing"]),
    (7, ("ExternalInOutlook", "ExternalInOutlook"), "enabled", False),
    (7, ("ExternalInOutlook", "ExternalInOutlook"), "allowList", ["outside.example"]),
    (7, PREMISES, "cloudServicesMailEnabled", False),
    (8, ORGANISATION, "auditDisabled", True),
    (9, ORGANISATION, "oAuth2ClientProfileEnabled", False),
    (10, ORGANISATION, "rejectDirectSend", False),
    (11, ("TransportRule", "mark"), "setScl", -1),
    (11, ("TransportRule", "mark"), "setScl", "-1"),
    *(
        (12, ("RoleAssignmentPolicy", "Default"), "assignedRoles", ["MyBaseOptions", role])
        for role in ("My Custom Apps", "My Marketplace Apps", "My ReadWriteMailbox Apps")
    ),
    (12, ("RoleAssignmentPolicy", "own"), "roles", ["My Custom Apps"]),
    (13, ("OwaMailboxPolicy", "Default"), "personalAccountsEnabled", True),
    (13, ("OwaMailboxPolicy", "Default"), "additionalStorageProvidersAvailable", True),
    (14, ORGANISATION, "mailTipsAllTipsEnabled", False),
    (14, ORGANISATION, "mailTipsExternalRecipientsTipsEnabled", False),
    (14, ORGANISATION, "mailTipsGroupMetricsEnabled", False),
    (14, ORGANISATION, "mailTipsLargeAudienceThreshold", 26),
    (16, ORGANISATION, "customerLockboxEnabled", False),
    (17, ORGANISATION, "delayedDelicensingEnabled", False),
    (18, PREMISES, "requireTls", False),
    (18, PREMISES, "tlsSenderCertificateName", ""),
    (18, ("InboundConnector", "partner"), "requireTls", True),
    (18, ("OutboundConnector", "premises"), "tlsSettings", "EncryptionOnly"),
    (18, ("OutboundConnector", "partner"), "tlsSettings", "CertificateValidation"),
    (19, ("MalwareFilterPolicy", "Default"), "enableFileFilter", False),
    (19, ("MalwareFilterPolicy", "Default"), "fileTypes", []),
    (20, ("MalwareFilterPolicy", "Default"), "zapEnabled", False),
    (20, ("MalwareFilterPolicy", "Default"), "quarantineTag", "DefaultFullAccessPolicy"),
    (20, ("SafeAttachmentPolicy", "all"), "enable", False),
    (20, ("SafeAttachmentPolicy", "all"), "action", "Allow"),
    *((21, PHISH, path, False) for path in good()["exchange:index:AntiPhishPolicy"][0].properties),
    (22, ("HostedContentFilterPolicy", "Default"), "allowedSenderDomains", ["outside.example"]),
    (23, ("HostedConnectionFilterPolicy", "Default"), "ipAllowList", ["192.0.2.1"]),
    (23, ("HostedConnectionFilterPolicy", "Default"), "enableSafeList", True),
    *(
        (24, LINKS, path, not value)
        for path, value in good()["exchange:index:SafeLinksPolicy"][1].properties.items()
    ),
    (25, SPAM, "recipientLimitExternalPerHour", 501),
    (25, SPAM, "recipientLimitInternalPerHour", 1001),
    (25, SPAM, "recipientLimitPerDay", 0),
    (25, SPAM, "actionWhenThresholdReached", "BlockUserForToday"),
    (25, SPAM, "notifyOutboundSpam", False),
    (25, SPAM, "notifyOutboundSpamRecipients", []),
    (28, STRICT, "state", "Disabled"),
    (28, STRICT, "exceptIfSentTo", ["chief@nhs.example"]),
    (28, STRICT, "exceptIfSentToMemberOf", ["chiefs@nhs.example"]),
    (28, STRICT, "exceptIfRecipientDomainIs", ["nhs.example"]),
    (28, ("ATPProtectionPolicyRule", "strict"), "enabled", False),
    (27, ("AdminAuditLogConfig", "AdminAuditLogConfig"), "unifiedAuditLogIngestionEnabled", False),
)
POLICY = "authorizationPolicy"
MANAGED = "defaultAppManagementPolicy"
SYNC = "onPremisesSynchronization"
RESTRICTIONS = "applicationRestrictions"
GRAPH: Sequence[tuple[int, str, str, str, Any]] = (
    (15, "resourceAccount", "room", "accountEnabled", True),
    (37, "administrator", "two", "principalId", "one"),
    (38, "administrator", "two", "principal.onPremisesSyncEnabled", True),
    (41, POLICY, POLICY, "defaultUserRolePermissions.allowedToCreateApps", True),
    (
        42,
        POLICY,
        POLICY,
        "defaultUserRolePermissions.permissionGrantPoliciesAssigned",
        ["ManagePermissionGrantsForSelf.microsoft-user-default-low"],
    ),
    (42, "adminConsentRequestPolicy", "adminConsentRequestPolicy", "isEnabled", False),
    (43, MANAGED, MANAGED, "isEnabled", False),
    (43, MANAGED, MANAGED, f"{RESTRICTIONS}.passwordCredentials.0.state", "disabled"),
    (43, MANAGED, MANAGED, f"{RESTRICTIONS}.keyCredentials.0.maxLifetime", "P181D"),
    (44, POLICY, POLICY, "guestUserRoleId", "a0b1b346-4d3e-4e8b-98f8-753987be4970"),
    (44, POLICY, POLICY, "allowInvitesFrom", "everyone"),
    (45, SYNC, SYNC, "features.blockSoftMatchEnabled", False),
    (45, SYNC, SYNC, "features.blockCloudObjectTakeoverThroughHardMatchEnabled", False),
)
NEAR: Sequence[tuple[str, str, str, Any]] = (
    ("exchange:index:TransportRule", "mark", "setScl", 0),
    ("exchange:index:RemoteDomain", "Default", "isInternal", True),
    ("exchange:index:OrganizationConfig", "OrganizationConfig", "mailTipsLargeAudienceThreshold", "10"),
    ("exchange:index:SafeAttachmentPolicy", "all", "action", "DynamicDelivery"),
    ("exchange:index:HostedOutboundSpamFilterPolicy", "Default", "recipientLimitPerDay", 1),
    ("exchange:index:SharingPolicy", "Default", "domains", []),
    ("exchange:index:InboundConnector", "partner", "cloudServicesMailEnabled", False),
    ("graph:authorizationPolicy", POLICY, "guestUserRoleId", GUESTS[1]),
    ("graph:authorizationPolicy", POLICY, "allowInvitesFrom", "none"),
    ("graph:defaultAppManagementPolicy", MANAGED, f"{RESTRICTIONS}.keyCredentials.0.maxLifetime", "P90D"),
)


def failed(tenant: Tenant) -> set[int]:
    """The controls that the tenant fails."""
    return {each.control for each in judge(tenant) if each.verdict is Verdict.FAILED}


def as_declared(tenant: Tenant) -> tuple[Resource, ...]:
    """The Exchange objects of the tenant, as a stack would declare them."""
    return tuple(each for kind, rows in tenant.items() if kind.startswith("exchange:") for each in rows)


def declared_breaks(tenant: Tenant) -> set[int]:
    return {control.id for control in controls() if [*findings(control, as_declared(tenant), TODAY)]}


def test_a_good_tenant_fails_nothing() -> None:
    """It should pass what it can look at, live and as a stack would declare it."""
    assert set() == {each.control for each in judge(good()) if each.verdict is not Verdict.PASSED}
    assert set() == declared_breaks(good())


@pytest.mark.parametrize(("control", "target", "path", "bad"), EXCHANGE)
def test_one_field_of_exchange_breaks_exactly_one_control(
    control: int, target: tuple[str, str], path: str, bad: Any
) -> None:
    """It should notice the difference by that control and by no other, live and as a stack would declare it."""
    kind, name = target
    tenant = changed(f"exchange:index:{kind}", name, path, bad)

    assert {control} == failed(tenant)
    assert {control} == declared_breaks(tenant)


@pytest.mark.parametrize(("control", "kind", "name", "path", "bad"), GRAPH)
def test_one_field_of_the_directory_breaks_exactly_one_control(
    control: int, kind: str, name: str, path: str, bad: Any
) -> None:
    """It should notice the difference by that control and by no other."""
    assert {control} == failed(changed(f"graph:{kind}", name, path, bad))


@pytest.mark.parametrize(("kind", "name", "path", "value"), NEAR)
def test_another_good_value_breaks_nothing(kind: str, name: str, path: str, value: Any) -> None:
    """It should let every value pass that keeps the control."""
    assert set() == failed(changed(kind, name, path, value))


def test_a_domain_without_a_signature_is_named() -> None:
    """It should miss the signature of an accepted domain, and not that of Microsoft's own name."""
    tenant = {**good(), "exchange:index:DkimSigningConfig": ()}
    (found,) = [each for each in judge(tenant) if each.verdict is Verdict.FAILED]

    assert (3, ("tenant-production: nhs.example: it has no signature (DKIM)",)) == (
        found.control,
        found.found,
    )


def test_the_built_in_policy_of_links_is_not_enough() -> None:
    """It should want a policy of the tenant's own, because nobody can change the built-in one."""
    kind = "exchange:index:SafeLinksPolicy"

    assert {24} == failed({**good(), kind: good()[kind][:1]})


@pytest.mark.parametrize("noun", ["EOPProtectionPolicyRule", "ATPProtectionPolicyRule"])
def test_a_preset_that_nobody_turned_on_protects_nobody(noun: str) -> None:
    """It should want both rules of the strict preset, which are not there until somebody turns it on."""
    assert {28} == failed({**good(), f"exchange:index:{noun}": ()})


def test_five_administrators_are_too_many() -> None:
    """It should count people, and accept two to four."""
    kind = "graph:administrator"
    (one, *_) = good()[kind]
    people = [Resource(one.stack, kind, str(n), {**one.properties, "principalId": str(n)}) for n in range(5)]

    assert {37} == failed({**good(), kind: tuple(people)})
    assert set() == failed({**good(), kind: tuple(people[:4])})


def test_what_is_not_known_yet_breaks_nothing() -> None:
    """It should leave a value that a preview cannot know to the deployment."""
    assert set() == declared_breaks(
        changed("exchange:index:TransportConfig", "TransportConfig", "x", UNKNOWN)
    )
    unknown = changed(
        "exchange:index:TransportConfig", "TransportConfig", "smtpClientAuthenticationDisabled", UNKNOWN
    )
    assert set() == declared_breaks(unknown)


def test_every_live_check_has_a_bad_case() -> None:
    """It should have seen each control with a live check find something."""
    assert {each.id for each in controls() if each.live} == {case[0] for case in (*EXCHANGE, *GRAPH)}
