"""Policies and overrides that the organisation has once: authentication, throttling, settings, and who may do what."""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.site import failures, workload
from rehearsal.site.objects import Kind, Objects
from rehearsal.site.surroundings import Row, Surroundings

_PROTOCOLS = (
    *("ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "OutlookService", "Pop"),
    *("ReportingWebServices", "Rpc", "Smtp", "WebServices", "Powershell"),
)

AUTHENTICATION_POLICY = Kind(
    noun="AuthenticationPolicy",
    container="CN=Auth Policies",
    defaults={
        f"{verb}{protocol}": value
        for protocol in _PROTOCOLS
        for verb, value in (("AllowBasicAuth", False), ("BlockLegacyAuth", False))
    },
)
"""What each protocol allows; `BlockLegacyAuthWebServices` shuts NTLM out of EWS, and so out of MRSProxy (fact B46)."""

_FAMILIES = ("Anonymous", "Eas", "Ews", "Imap", "Owa", "Pop", "PowerShell", "Psws", "Rca", "Cpa")

THROTTLING_POLICY = Kind(
    noun="ThrottlingPolicy",
    filters={"ThrottlingPolicyScope": "ThrottlingPolicyScope"},
    container="CN=Global Settings",
    defaults={
        "ThrottlingPolicyScope": "Regular",
        "IsServiceAccount": False,
        **{
            f"{family}{limit}": "Unlimited"
            for family in _FAMILIES
            for limit in ("MaxConcurrency", "MaxBurst", "RechargeRate", "CutoffBalance")
        },
        "PowerShellMaxConcurrency": "18",  # fact D7
        "EwsMaxConcurrency": "27",
        "EwsMaxSubscriptions": "5000",
        "RcaMaxConcurrency": "40",
        "PowerShellMaxTenantConcurrency": "Unlimited",
        "PowerShellMaxOperations": "Unlimited",
        "PowerShellMaxCmdlets": "Unlimited",
        "PowerShellMaxCmdletsTimePeriod": "Unlimited",
        "PowerShellMaxCmdletQueueDepth": "Unlimited",
        "PowerShellMaxRunspaces": "Unlimited",
        "PowerShellMaxRunspacesTimePeriod": "Unlimited",
        "ExchangeMaxCmdlets": "Unlimited",
        "MessageRateLimit": "Unlimited",
        "RecipientRateLimit": "Unlimited",
        "ForwardeeLimit": "Unlimited",
        "ConcurrentSyncCalls": "Unlimited",
    },
)

_SECTIONS = {
    workload.COMPONENT: workload.SECTIONS,
    "Global": ("ExchangeOnpremAsThirdPartyAppId", "GlobalSettings"),
    "Cafe": ("EnableExchangeHybrid3PAppFeature",),
    "AMSI": ("EnableAMSI",),
}
"""Components and sections that set-ups of this kind override (facts C5, D21)."""


def _known_setting(row: Row, others: Sequence[Row]) -> None:
    component, section = str(row["ComponentName"]), str(row["SectionName"])
    if component not in _SECTIONS:
        raise failures.setting_unknown(f"component '{component}'")
    if section not in _SECTIONS[component]:
        raise failures.setting_unknown(f"section '{section}' of component '{component}'")
    for text in row["Parameters"] if isinstance(row["Parameters"], list) else []:
        if "=" not in text:
            raise failures.setting_unknown(f"parameter '{text}', which has no value,")
    for other in others:
        both = row["Server"], row["ComponentName"], row["SectionName"]
        if (other["Server"], other["ComponentName"], other["SectionName"]) == both:
            raise failures.invalid_operation(
                f"The setting {component}/{section} is overridden by '{other['Name']}' already."
            )


SETTING_OVERRIDE = Kind(
    noun="SettingOverride",
    container="CN=Setting Overrides,CN=Global Settings",
    check=_known_setting,
    parameters={"Component": "ComponentName", "Section": "SectionName", "Reason": "Reason"},
    defaults={
        "ComponentName": None,
        "SectionName": None,
        "MinVersion": None,
        "MaxVersion": None,
        "Server": [],
        "Parameters": [],
        "Reason": None,
        "ModifiedBy": None,
    },
)

ROLE_ASSIGNMENT = Kind(
    noun="ManagementRoleAssignment",
    container="CN=Role Assignments,CN=RBAC",
    verbs=("Get", "New", "Remove"),
    filters={"Role": "Role", "RoleAssignee": "RoleAssignee"},
    parameters={
        "User": "RoleAssignee",
        "SecurityGroup": "RoleAssignee",
        "RecipientOrganizationalUnitScope": "CustomRecipientWriteScope",
    },
    defaults={
        "Role": None,
        "RoleAssignee": None,
        "RoleAssigneeType": "RoleGroup",
        "AssignmentMethod": "Direct",
        "CustomRecipientWriteScope": None,
        "Enabled": True,
        "RoleAssignmentDelegationType": "Regular",
    },
)

ROLE_GROUP = Kind(
    noun="RoleGroup",
    container="",
    verbs=("Get",),
    looks=frozenset({"ResultSize"}),
    defaults={"ManagedBy": [], "Members": [], "Roles": [], "RoleGroupType": "Standard", "Description": ""},
)

_ROLE_GROUPS = (
    *("Organization Management", "Recipient Management", "View-Only Organization Management"),
    *("Server Management", "Help Desk", "Hygiene Management", "Public Folder Management"),
    *("Records Management", "Delegated Setup", "Discovery Management", "Compliance Management"),
)

_ASSIGNED = (
    ("Organization Management", "Mail Recipients"),
    ("Organization Management", "Migration"),
    ("Organization Management", "Move Mailboxes"),
    ("Recipient Management", "Mail Recipients"),
    ("Recipient Management", "Migration"),
    ("Recipient Management", "Move Mailboxes"),
    ("Server Management", "Exchange Servers"),
)


def objects(around: Surroundings) -> list[Objects]:
    """The organisation's objects of this topic, as set-up left them."""
    assigned: list[Row] = [
        {"Name": f"{role}-{group}", "Role": role, "RoleAssignee": group} for group, role in _ASSIGNED
    ]
    groups: list[Row] = [
        {"Name": name, "Roles": [role for group, role in _ASSIGNED if group == name]} for name in _ROLE_GROUPS
    ]
    throttling: list[Row] = [
        {"Name": "GlobalThrottlingPolicy_3a1d6c1e", "ThrottlingPolicyScope": "Global"},
        {"Name": "DefaultThrottlingPolicy", "ThrottlingPolicyScope": "Organization"},
    ]
    return [
        Objects(AUTHENTICATION_POLICY, around),
        Objects(THROTTLING_POLICY, around, throttling),
        Objects(SETTING_OVERRIDE, around),
        Objects(ROLE_ASSIGNMENT, around, assigned),
        Objects(ROLE_GROUP, around, groups),
    ]
