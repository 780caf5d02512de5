"""The application that mends what a move broke: it may run some cmdlets of some roles, on mailboxes and mail users.

It stands as the stack hybrid makes one: the member of a role group whose roles are parts of built-in ones.
"""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal.applications import Known
from rehearsal.exchange_online import ExchangeOnline
from rehearsal.exchange_online.rbac import RoleGroup
from rehearsal.exchange_online.roles import VIEW_CONFIGURATION, VIEW_RECIPIENTS, Role

MENDER = "7f1c33a2-0000-4000-8000-0000000000ae"
"""Its client id."""
MOVABLE = "RecipientType -eq 'MailUser' -or RecipientType -eq 'UserMailbox'"
READS = (VIEW_RECIPIENTS, VIEW_CONFIGURATION)
PARTS: Mapping[str, tuple[str, ...]] = {
    "Mail Recipients": (
        *("Set-Mailbox", "Set-CASMailbox", "Enable-Mailbox", "Enable-InboxRule"),
        *("Add-MailboxPermission", "Remove-MailboxPermission"),
        *("Add-RecipientPermission", "Remove-RecipientPermission"),
        *("Add-MailboxFolderPermission", "Set-MailboxFolderPermission"),
    ),
    "Legal Hold": ("Set-Mailbox",),
    "Retention Management": ("Set-Mailbox",),
    "Audit Logs": ("Set-Mailbox", "Set-MailboxAuditBypassAssociation"),
}
"""The cmdlets of its part of each built-in role."""


def allow(online: ExchangeOnline) -> None:
    """Let Exchange have known since the tenant was set up what it may run."""
    mender = Known(online, MENDER, "rehearsal mender")
    rbac = mender.rbac
    group = RoleGroup(
        mender.name, mender.guid("role-group"), mender.then, members={mender.principal.guid: None}
    )
    rbac.groups[group.guid] = group
    for role in READS:
        mender.assign(role, None, group.guid)
    scope = mender.scope(MOVABLE)
    for parent, cmdlets in PARTS.items():
        part = Role(f"{parent} of {mender.name}", parent, frozenset(cmdlets))
        rbac.roles[part.name] = part
        mender.assign(part.name, scope, group.guid)
