"""What each application of the migration may do inside Exchange: a table (section C3 of the engineering facts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOVABLE = "RecipientType -eq 'MailUser' -or RecipientType -eq 'UserMailbox'"
"""The recipients that a move can be about: not groups, contacts or system objects."""


@dataclass(frozen=True)
class Duty:
    """*reads* are roles that change nothing; *writes* are roles that change recipients within `MOVABLE` only.

    *parts* are cmdlets of such a role, each role by its name: what else it carries is not given.
    *mailbox* are roles of applications, which give what is in the one mailbox that mail and free/busy are tried with,
    and no cmdlet.
    """

    description: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mailbox: tuple[str, ...] = ()


DUTIES: Mapping[str, Duty] = {
    "reader": Duty(
        "Reads recipients, moves and configuration", ("View-Only Recipients", "View-Only Configuration")
    ),
    "batch-runner": Duty(
        "Creates, starts and watches batches",
        ("View-Only Recipients", "View-Only Configuration"),
        ("Migration",),
    ),
    "completer": Duty("Completes batches", ("View-Only Recipients",), ("Migration",)),
    "courier": Duty(
        "Tries after a wave whether mail arrives and free/busy is seen",
        ("View-Only Configuration",),
        mailbox=("Application Mail.Send", "Application Calendars.Read"),
    ),
    # Whole, Audit Logs could turn the tenant's own audit off, and Mail Recipients disable mailboxes and their archives.
    "mender": Duty(
        "Mends after a wave what a move broke, and takes away what it left",
        ("View-Only Recipients", "View-Only Configuration"),
        parts={
            "Mail Recipients": (
                *("Set-Mailbox", "Set-CASMailbox", "Enable-Mailbox", "Enable-InboxRule"),
                *("Add-MailboxPermission", "Remove-MailboxPermission"),
                *("Add-RecipientPermission", "Remove-RecipientPermission"),
                *("Add-MailboxFolderPermission", "Set-MailboxFolderPermission"),
            ),
            "Legal Hold": ("Set-Mailbox",),
            "Retention Management": ("Set-Mailbox",),
            "Audit Logs": ("Set-Mailbox", "Set-MailboxAuditBypassAssociation"),
        },
    ),
}
"""By the name that the identity layer gives the application."""
