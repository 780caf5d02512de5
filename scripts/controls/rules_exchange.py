"""What Exchange Online must be, one table: the kind of object, its properties and their values (controls 1 to 28).

A property is called as its parameter is, in camel case; a rule sees an object as a stack declares it, or as the tenant
shows it. Where Microsoft's service has no limit it shows 0 or "Unlimited".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from controls.model import Finding, Resource, ResourceRule, of_type, unlike
from controls.wanted import EMPTY, NONE, SOME, at_most, one_of

EXCHANGE = "exchange:index:"
DOMAIN, SIGNING = f"{EXCHANGE}AcceptedDomain", f"{EXCHANGE}DkimSigningConfig"
LINKS, BUILT_IN = f"{EXCHANGE}SafeLinksPolicy", "Built-In Protection Policy"
PRESET_RULES = f"{EXCHANGE}EOPProtectionPolicyRule", f"{EXCHANGE}ATPProtectionPolicyRule"
STRICT = "Strict Preset Security Policy"
ADD_IN_ROLES = frozenset({"My Custom Apps", "My Marketplace Apps", "My ReadWriteMailbox Apps"})
"""The end-user roles by which people install add-ins (CIS 6.3.1)."""
KEY_BITS = 2048
SERVICE_DOMAIN = ".onmicrosoft.com"
"""Names that Microsoft gives every tenant, and signs itself."""

REFUSING = ("Block", "DynamicDelivery")
"""What keeps an attachment with malware from its reader; `Allow` and the retired `Replace` do not."""

WANTED: Mapping[str, Mapping[str, Any]] = {
    "nothing_forwards": {"autoForwardingMode": "Off"},
    "no_smtp_sign_in": {"smtpClientAuthenticationDisabled": True},
    "outsiders_are_marked": {"enabled": True, "allowList": EMPTY},
    "mailboxes_are_audited": {"auditDisabled": False},
    "modern_sign_in": {"oAuth2ClientProfileEnabled": True},
    "no_direct_send": {"rejectDirectSend": True},
    "no_foreign_accounts": {
        "personalAccountsEnabled": False,
        "additionalStorageProvidersAvailable": False,
    },
    "tips_are_shown": {
        "mailTipsAllTipsEnabled": True,
        "mailTipsExternalRecipientsTipsEnabled": True,
        "mailTipsGroupMetricsEnabled": True,
        "mailTipsLargeAudienceThreshold": at_most(25),
    },
    "lockbox_is_on": {"customerLockboxEnabled": True},
    "licences_go_late": {"delayedDelicensingEnabled": True},
    "attachments_are_filtered": {"enableFileFilter": True, "fileTypes": SOME},
    "malware_is_kept": {"zapEnabled": True, "quarantineTag": "AdminOnlyAccessPolicy"},
    "attachments_are_opened_first": {"enable": True, "action": one_of(REFUSING)},
    "imitation_is_noticed": {
        "enabled": True,
        "enableTargetedUserProtection": True,
        "enableOrganizationDomainsProtection": True,
        "enableMailboxIntelligence": True,
        "enableMailboxIntelligenceProtection": True,
        "enableSpoofIntelligence": True,
        "enableFirstContactSafetyTips": True,
        "enableSimilarUsersSafetyTips": True,
        "enableSimilarDomainsSafetyTips": True,
        "enableUnusualCharactersSafetyTips": True,
    },
    "no_sender_is_let_past": {"allowedSenderDomains": EMPTY},
    "no_address_is_let_past": {"ipAllowList": EMPTY, "enableSafeList": False},
    "sending_is_bounded": {
        "recipientLimitExternalPerHour": at_most(500),
        "recipientLimitInternalPerHour": at_most(1000),
        "recipientLimitPerDay": at_most(1000),
        "actionWhenThresholdReached": "BlockUser",
        "notifyOutboundSpam": True,
        "notifyOutboundSpamRecipients": SOME,
    },
    "acts_are_recorded": {"unifiedAuditLogIngestionEnabled": True},
}
"""The rules that ask for values alone, by name. The numbers are CIS 6.5.2's and 2.1.15's."""

_LINKS: Mapping[str, Any] = {
    "enableSafeLinksForEmail": True,
    "enableSafeLinksForTeams": True,
    "enableSafeLinksForOffice": True,
    "enableForInternalSenders": True,
    "scanUrls": True,
    "deliverMessageAfterScan": True,
    "trackClicks": True,
    "allowClickThrough": False,
    "disableUrlRewrite": False,
}


def _rule(name: str, wanted: Mapping[str, Any]) -> ResourceRule:
    def rule(resource: Resource) -> Iterator[str]:
        yield from unlike(resource, wanted)

    rule.__name__ = name
    return rule


VALUE_RULES: Mapping[str, ResourceRule] = {name: _rule(name, wanted) for name, wanted in WANTED.items()}


def nothing_forwards_there(resource: Resource) -> Iterator[str]:
    """A remote domain takes no forwarded mail, unless it is a part of the own organisation."""
    if not (resource.get("isInternal") or resource.get("targetDeliveryDomain")):
        yield from unlike(resource, {"autoForwardEnabled": False})


def rule_forwards_nothing(resource: Resource) -> Iterator[str]:
    """No transport rule sends mail on to another than it was written to."""
    yield from unlike(resource, {"redirectMessageTo": NONE})


def rule_filters_all(resource: Resource) -> Iterator[str]:
    """No transport rule lets mail past the filters by a spam confidence level of -1."""
    if str(resource.get("setScl")) == "-1":
        yield "it sets the spam confidence level -1, which lets its mail past the filters"


def premises_are_inside(resource: Resource) -> Iterator[str]:
    """Mail from the own servers counts as internal, which keeps the mark for outsiders away from it."""
    if resource.get("connectorType") == "OnPremises":
        yield from unlike(resource, {"cloudServicesMailEnabled": True})


def shared_with_some(resource: Resource) -> Iterator[str]:
    """What everybody may see is free or busy, and no contact."""
    for entry in resource.every("domains"):
        domain, _, what = str(entry).partition(":")
        actions = {action.strip() for action in what.split(",")}
        if domain.strip() in {"*", "Anonymous"} and actions - {"CalendarSharingFreeBusySimple", ""}:
            yield f"it shares {what.strip()} with everybody ({domain.strip()})"


def inbound_tls(resource: Resource) -> Iterator[str]:
    """TLS with a certificate's name from the own servers, and no forced TLS from a partner (DCB1596)."""
    if resource.get("connectorType") == "OnPremises":
        yield from unlike(resource, {"requireTls": True, "tlsSenderCertificateName": SOME})
    elif resource.get("requireTls") is True:
        yield "it forces TLS on a partner, whose mail would be refused where it has none"


def signature_is_on(resource: Resource) -> Iterator[str]:
    """A domain's signature is on, with long keys: declared by one size, shown by that of each selector."""
    yield from unlike(resource, {"enabled": True})
    sizes = ("selector1KeySize", "selector2KeySize")
    for path in sizes if any(size in resource.properties for size in sizes) else ("keySize",):
        yield from unlike(resource, {path: KEY_BITS})


def links_are_checked(resource: Resource) -> Iterator[str]:
    """Links are looked at when they come and when they are followed; nobody can change the built-in policy."""
    if resource.name != BUILT_IN:
        yield from unlike(resource, _LINKS)


def no_own_add_ins(resource: Resource) -> Iterator[str]:
    """No policy gives people a role by which they install add-ins; a stack says `roles`, the tenant `AssignedRoles`."""
    for role in (*resource.every("roles"), *resource.every("assignedRoles")):
        if role in ADD_IN_ROLES:
            yield f"it gives people the role {role!r}, by which they install add-ins"


def strict_preset_protects(resource: Resource) -> Iterator[str]:
    """The strict preset is in use, and lets nobody out whom it is for."""
    if STRICT not in (resource.name, resource.get("name")):
        return
    in_use = {"state": "Enabled"} if "state" in resource.properties else {"enabled": True}
    exceptions = ("exceptIfSentTo", "exceptIfSentToMemberOf", "exceptIfRecipientDomainIs")
    yield from unlike(resource, {**in_use, **dict.fromkeys(exceptions, NONE)})


def strict_preset_is_there(stack: Sequence[Resource]) -> Iterator[Finding]:
    """Both rules of the strict preset are there; they are not until a person has turned it on once."""
    there = {each.type for each in of_type(stack, *PRESET_RULES) if STRICT in (each.name, each.get("name"))}
    for kind in PRESET_RULES:
        if kind not in there:
            yield Finding(None, f"no {STRICT!r} among {kind.removeprefix(EXCHANGE)}")


def own_links_policy(stack: Sequence[Resource]) -> Iterator[Finding]:
    """There is a policy of links beside the built-in one."""
    if all(each.name == BUILT_IN for each in of_type(stack, LINKS)):
        yield Finding(None, "no policy of links but the built-in one")


def every_domain_signs(stack: Sequence[Resource]) -> Iterator[Finding]:
    """Each accepted domain, but for Microsoft's own names, has a signature."""
    signing = {str(each.get("domain") or each.name).lower() for each in of_type(stack, SIGNING)}
    for domain in of_type(stack, DOMAIN):
        name = str(domain.get("domainName")).lower()
        if not name.endswith(SERVICE_DOMAIN) and name not in signing:
            yield Finding(domain, "it has no signature (DKIM)")


RESOURCE_RULES: Mapping[str, ResourceRule] = {
    **VALUE_RULES,
    **{
        rule.__name__: rule
        for rule in (
            nothing_forwards_there,
            rule_forwards_nothing,
            rule_filters_all,
            premises_are_inside,
            shared_with_some,
            inbound_tls,
            signature_is_on,
            links_are_checked,
            no_own_add_ins,
            strict_preset_protects,
        )
    },
}
