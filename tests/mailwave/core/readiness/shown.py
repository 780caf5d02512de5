"""A small sound estate with its evidence as tables that teams hand in, to be changed by a test.

Faults in the services themselves are in `tests.mailwave.rehearsed.readiness_faults`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from rehearsal import evidence
from rehearsal.estate import GIB, Estate, Mailbox, generate

TODAY = date(2026, 9, 1)
SOUND_OUTLOOK = "16.0.17932.20286"
PEOPLE = ("UserMailbox", "LinkedMailbox")
CODES = ("FV203", "FWF20", "Y00661")
"""Organisations of the small estate: two without a shared mailbox, and one with."""


@dataclass
class Shown:
    """What an estate shows: its mailboxes, and the rows of the two tables of evidence."""

    estate: Estate
    mailboxes: list[dict[str, str]]
    organisations: list[dict[str, str]]

    def mailbox(self, at: int, **changed: object) -> None:
        """Change mailbox number *at* of the services."""
        boxes = list(self.estate.mailboxes)
        boxes[at] = replace(boxes[at], **changed)  # type: ignore[arg-type]
        self.estate = replace(self.estate, mailboxes=tuple(boxes))

    def row(self, at: int, **changed: str) -> None:
        """Change the evidence of mailbox number *at*."""
        self.mailboxes[at] |= changed

    def fact(self, code: str, kind: str, **changed: str) -> None:
        """Change the evidence of *kind* of the organisation *code*."""
        next(row for row in self.organisations if (row["organisation"], row["kind"]) == (code, kind)).update(
            changed
        )

    def forget(self, code: str, kind: str) -> None:
        """Take the evidence of *kind* of the organisation *code* away."""
        self.organisations = [
            row for row in self.organisations if (row["organisation"], row["kind"]) != (code, kind)
        ]


def sound() -> Shown:
    """An estate that nothing is wrong with: the small one of seed 7, after everybody did their work."""
    whole = generate(7, size="small")
    boxes = [_sound(mailbox) for mailbox in whole.mailboxes if mailbox.organisation in CODES]
    known = {mailbox.alias for mailbox in boxes}
    estate = replace(
        whole,
        organisations=tuple(each for each in whole.organisations if each.code in CODES),
        mailboxes=tuple(
            replace(mailbox, rights=tuple(right for right in mailbox.rights if right.trustee in known))
            for mailbox in boxes
        ),
    )
    return Shown(
        estate,
        [dict(row) for row in evidence.mailboxes(estate, TODAY)],
        [dict(row) for row in evidence.organisations(estate, TODAY)],
    )


def _sound(mailbox: Mailbox) -> Mailbox:
    client = SOUND_OUTLOOK if mailbox.recipient_type in PEOPLE else None
    return replace(mailbox, client=client, size_bytes=min(mailbox.size_bytes, 20 * GIB), cause=None)


def days_ago(days: int) -> str:
    """That day, as evidence is dated."""
    return (TODAY - timedelta(days=days)).isoformat()
