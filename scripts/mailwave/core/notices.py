"""Who is told what and when: two weeks before, the day before, and once the mailbox is there.

Only people are told: a shared mailbox has nobody who reads its notices, and its users get their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import msgspec

from mailwave.core.calendar import local_moment
from mailwave.core.estate import Mailbox
from mailwave.core.manifest import canonical
from mailwave.core.recipient_types import SHARED_TYPES

REMEMBERED = timedelta(days=7)
"""How long the notice service finds a notice by its reference; after that, not finding it proves nothing."""


class Milestone(StrEnum):
    """What a notice is about; a person gets at most one for each."""

    TWO_WEEKS = "two_weeks"
    DAY_BEFORE = "day_before"
    SUCCESS = "success"


class NoticeState(StrEnum):
    """Where a notice stands. *reserved*: about to be sent, or sent with its answer lost, so look it up first."""

    RESERVED = "reserved"
    SENT = "sent"
    FAILED = "failed"


class Notice(msgspec.Struct, frozen=True):
    """One message to one mailbox; *reference* is how the notice service finds it again."""

    guid: str
    milestone: Milestone
    reference: str


class NoticeRecord(msgspec.Struct, frozen=True):
    """A notice in the ledger; *detail* is the service's identifier or its error."""

    notice: Notice
    state: NoticeState
    detail: str = ""


class NoticeRules(msgspec.Struct, frozen=True):
    """The notice that people are owed, in *days*, and the local time *at* which notices go out in *zone*."""

    days: int
    at: time
    zone: str

    def earliest_window(self, now: datetime) -> datetime:
        """The first moment at which a window may begin, for people who are told *now*."""
        return now + timedelta(days=self.days)

    def due(self, milestone: Milestone, night: date) -> datetime | None:
        """When *milestone* falls due (UTC) for the wave of *night*; None for success, which follows the move."""
        ahead = {Milestone.TWO_WEEKS: self.days, Milestone.DAY_BEFORE: 1}.get(milestone)
        return None if ahead is None else local_moment(self.zone, night - timedelta(days=ahead), self.at)


def reference(environment: str, guid: str, milestone: Milestone, wave: str) -> str:
    """The name of one notice, the same on every run: 40 hexadecimal digits that hold nothing of the person."""
    key = canonical([environment, guid, milestone.value, wave])
    return hashlib.sha256(key).hexdigest()[:40]


def has_reader(mailbox: Mailbox) -> bool:
    """Whether a person reads the notices sent to *mailbox*."""
    return mailbox.recipient_type not in SHARED_TYPES


def notices_for(
    environment: str, milestone: Milestone, wave: str, mailboxes: Iterable[Mailbox]
) -> list[Notice]:
    """The notices of *milestone* for those of *mailboxes*, all of one *wave*, that a person reads."""
    return [
        Notice(mailbox.guid, milestone, reference(environment, mailbox.guid, milestone, wave))
        for mailbox in mailboxes
        if has_reader(mailbox)
    ]
