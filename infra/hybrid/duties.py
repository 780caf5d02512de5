"""What each application of the migration may do inside Exchange: a table (section C3 of the engineering facts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MOVABLE = "RecipientType -eq 'MailUser' -or RecipientType -eq 'UserMailbox'"
"""The recipients that a move can be about: not groups, contacts or system objects."""


@dataclass(frozen=True)
class Duty:
    """*reads* are roles that change nothing; *writes* are roles that change recipients within `MOVABLE` only.

    *mailbox* are roles of applications, which give what is in the one mailbox that mail and free/busy are tried with,
    and no cmdlet.
    """

    description: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
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
}
"""By the name that the identity layer gives the application."""
