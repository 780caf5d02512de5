"""The built-in management roles and role groups of Exchange Online, and the directory's roles that stand for groups.

Sources are the pages of the roles in Microsoft's documentation. A role of recipients carries the cmdlets listed here.
What sets holds, retention and audit by Set-Mailbox, a role of each alone carries: no page lists the parameters of a
role, and where two may carry one, the stricter is taken. Which of the roles of configuration carries which cmdlet is
not modelled: one, Organization Configuration, stands for them all and carries whatever no other role names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

_READ = "Get-*", "Test-*"
_RECIPIENTS = (
    *("*-Mailbox", "*-MailUser", "*-Recipient", "*-User", "*-Group", "*-CASMailbox", "*-MailContact"),
    *("*-MailboxPermission", "*-RecipientPermission", "*-MailboxFolderPermission", "*-MobileDevice*"),
    *("*-InboxRule",),
    *("Get-MailboxStatistics", "Get-MailboxFolderStatistics", "*-DistributionGroup*"),
)
_MIGRATION = "*-Migration*", "*-MoveRequest*"
_ROLES_THEMSELVES = (
    *(
        "*-RoleGroup",
        "*-RoleGroupMember",
        "*-ManagementScope",
        "*-ManagementRole",
        "*-ManagementRoleAssignment",
    ),
    *("*-ManagementRoleEntry", "*-ServicePrincipal", "*-RoleAssignmentPolicy"),
)

CONFIGURATION = "Organization Configuration"
VIEW_CONFIGURATION = "View-Only Configuration"
VIEW_RECIPIENTS = "View-Only Recipients"

CARRIED: Mapping[str, tuple[str, ...]] = {
    "Mail Recipients": _RECIPIENTS,
    "Mail Recipient Creation": ("New-Mail*", "Remove-Mail*", "New-RemoteMailbox"),
    "Distribution Groups": ("*-DistributionGroup*", "Get-Recipient", "Get-Group"),
    "Migration": (*_MIGRATION, "Get-Mailbox", "Get-MailUser", "Get-Recipient"),
    "Move Mailboxes": (*_MIGRATION, "Get-Mailbox", "Get-MailUser", "Get-Recipient"),
    "Role Management": _ROLES_THEMSELVES,
    "Legal Hold": ("*-Mailbox",),
    "Retention Management": ("*-Mailbox", "*-RetentionPolicy*"),
    "Audit Logs": (
        "*-Mailbox",
        "*-MailboxAuditBypassAssociation",
        "*-AdminAuditLogConfig",
        "*-*AuditLogSearch",
    ),
}
"""The cmdlets that each role carries."""

_OF_ALL = frozenset({"Identity", "Confirm", "WhatIf", "Force"})
_OWN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Set-Mailbox": {
        "Legal Hold": ("LitigationHold*", "RemoveDelay*"),
        "Retention Management": (
            *(
                "RetentionPolicy",
                "RetentionHoldEnabled",
                "*ForRetentionHold",
                "RetentionComment",
                "RetentionUrl",
            ),
            *("SingleItemRecoveryEnabled", "RetainDeletedItemsFor"),
        ),
        "Audit Logs": ("Audit*",),
    }
}
"""Parameters of a cmdlet that one role alone carries, which carries no other of it."""
APPLICATION_ROLES = (
    *(
        "Application Mail.Read",
        "Application Mail.ReadBasic",
        "Application Mail.ReadWrite",
        "Application Mail.Send",
    ),
    *(
        "Application MailboxSettings.Read",
        "Application MailboxSettings.ReadWrite",
        "Application Calendars.Read",
    ),
    *("Application Calendars.ReadWrite", "Application Contacts.Read", "Application Contacts.ReadWrite"),
    *("Application EWS.AccessAsApp", "Application Exchange Full Access"),
)
"""Roles that give an application what is in mailboxes, and no cmdlet."""
USER_ROLES = (
    *("MyBaseOptions", "MyContactInformation", "MyDistributionGroupMembership", "MyDistributionGroups"),
    *("MyMailSubscriptions", "MyProfileInformation", "MyRetentionPolicies", "MyTeamMailboxes"),
    *("MyTextMessaging", "MyVoiceMail", "My Custom Apps", "My Marketplace Apps", "My ReadWriteMailbox Apps"),
)
"""Roles of people over their own mailboxes, all of which the policy of a new tenant gives (CIS 6.3.1 lists them)."""
ROLES = (*CARRIED, CONFIGURATION, VIEW_CONFIGURATION, VIEW_RECIPIENTS, *APPLICATION_ROLES, *USER_ROLES)

DEFAULT_POLICY = "Default Role Assignment Policy"
"""The one policy of a new tenant."""

ORGANISATION_MANAGEMENT = "Organization Management"
RECIPIENT_MANAGEMENT = "Recipient Management"
VIEW_ONLY = "View-Only Organization Management"
GROUPS: Mapping[str, tuple[str, ...]] = {
    ORGANISATION_MANAGEMENT: (*CARRIED, CONFIGURATION, VIEW_CONFIGURATION, VIEW_RECIPIENTS),
    RECIPIENT_MANAGEMENT: (
        *("Mail Recipients", "Mail Recipient Creation", "Distribution Groups", "Migration", "Move Mailboxes"),
    ),
    VIEW_ONLY: (VIEW_CONFIGURATION, VIEW_RECIPIENTS),
}
"""The roles of each built-in role group."""

EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
STANDS_FOR: Mapping[str, str] = {
    "62e90394-69f5-4237-9190-012177145e10": ORGANISATION_MANAGEMENT,  # Global Administrator
    EXCHANGE_ADMINISTRATOR: ORGANISATION_MANAGEMENT,
    "31392ffb-586c-42d1-9346-e59415a2cc4e": RECIPIENT_MANAGEMENT,  # Exchange Recipient Administrator
    GLOBAL_READER: VIEW_ONLY,
}
"""The role group for which a role of the directory stands (fact A10), by its template's id in a token's `wids`."""


@cache
def carries(role: str, cmdlet: str) -> bool:
    """Tell whether a role carries a cmdlet; both are spelt as the service does."""
    if role in CARRIED:
        return _among(CARRIED[role], cmdlet)
    reads, of_recipients = _among(_READ, cmdlet), _among((*_RECIPIENTS, *_MIGRATION), cmdlet)
    if role == VIEW_RECIPIENTS:
        return reads and of_recipients
    if role == VIEW_CONFIGURATION:
        return reads and not of_recipients
    return role == CONFIGURATION and not any(_among(names, cmdlet) for names in CARRIED.values())


@dataclass(frozen=True)
class Role:
    """A built-in role by its *name*, or one that somebody derived: of its *parent*'s cmdlets it has *cmdlets*."""

    name: str
    parent: str = ""
    cmdlets: frozenset[str] = frozenset()

    def carries(self, cmdlet: str) -> bool:
        """Tell whether it carries a cmdlet, spelt as the service does."""
        if self.parent:
            return cmdlet in self.cmdlets and carries(self.parent, cmdlet)
        return carries(self.name, cmdlet)

    def takes(self, cmdlet: str, parameter: str) -> bool:
        """Tell whether it carries a parameter of a cmdlet that it carries."""
        own = _OWN.get(cmdlet, {})
        if not own or parameter in _OF_ALL:
            return True
        holder = next((role for role, names in own.items() if _among(names, parameter)), None)
        role = self.parent or self.name
        return role == holder if holder else role not in own


def _among(patterns: tuple[str, ...], cmdlet: str) -> bool:
    return any(fnmatchcase(cmdlet, pattern) for pattern in patterns)
