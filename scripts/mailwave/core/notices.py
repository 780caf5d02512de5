"""Who is told what and when: two weeks before, the day before, at the cutover, and how it ended.

A notice is about one night. Whoever is told of another night is told anew, with the days of notice that they are owed.
Only people are told: a shared mailbox has nobody who reads its notices, so those who work in it are told in its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

import msgspec

from mailwave.core.calendar import local_moment
from mailwave.core.estate import Mailbox
from mailwave.core.manifest import canonical
from mailwave.core.recipient_types import SHARED_TYPES
from mailwave.core.states import MailboxState

REMEMBERED = timedelta(days=7)
"""How long the notice service finds a notice by its reference; after that, not finding it proves nothing."""


class Milestone(StrEnum):
    """What a notice is about; a person gets at most one for each in each night that concerns them."""

    TWO_WEEKS = "two_weeks"
    DAY_BEFORE = "day_before"
    CUTOVER = "cutover"
    SUCCESS = "success"
    POSTPONED = "postponed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


A_NIGHT = 5
"""Notices that one mailbox of a night costs on a day of steady moving: of each of the four milestones that everybody
reaches, and one more because the thanks of one night fall on two days."""


class Audience(StrEnum):
    """In what part somebody is told: of their own mailbox, of those that they share, or of their organisation's."""

    USER = "user"
    DELEGATE = "delegate"
    ADMINISTRATOR = "administrator"


class NoticeState(StrEnum):
    """Where a notice stands.

    *reserved*: about to be sent, or sent with its answer lost, so look it up first; *failed*: it never went out;
    *undelivered*: it went out, and the service says that it did not arrive. *released* is in the journal only: it was
    reserved and is certainly not sent, which is as if it had never been reserved.
    """

    RESERVED = "reserved"
    SENT = "sent"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    RELEASED = "released"


WENT_OUT = frozenset({NoticeState.SENT, NoticeState.UNDELIVERED})
"""The states of a notice that the service took: it is sent to nobody again."""

_STAYS = frozenset({MailboxState.DEFERRED, MailboxState.FAILED, MailboxState.EXCLUDED})
_AHEAD = frozenset({Milestone.TWO_WEEKS, Milestone.DAY_BEFORE, Milestone.CUTOVER})


class Notice(msgspec.Struct, frozen=True):
    """One message about *night* (a date as ISO 8601 writes it); *reference* is how the notice service finds it again.

    *guid* is whom it goes to: the ExchangeGuid of their own mailbox or, of a local administrator, the code of the
    organisation and the person's id in Entra, joined by a slash.
    """

    guid: str
    milestone: Milestone
    reference: str
    night: str = ""
    audience: Audience = Audience.USER

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What there is one notice for."""
        return self.guid, self.milestone.value, self.night, self.audience.value


class NoticeRecord(msgspec.Struct, frozen=True):
    """A notice in the ledger; *detail* is the service's identifier, its error, or why it did not arrive."""

    notice: Notice
    state: NoticeState
    detail: str = ""


class Undelivered(msgspec.Struct, frozen=True):
    """A notice that somebody of *organisation* did not get, and *why*; *name* is as it was imported, so escape it."""

    organisation: str
    recipient: str
    address: str
    name: str
    milestone: Milestone
    audience: Audience
    night: str
    state: NoticeState
    why: str


class NoticeRules(msgspec.Struct, frozen=True):
    """The notice that people are owed, in *days*, and the local time *at* which notices go out in *zone*."""

    days: int
    at: time
    zone: str

    def earliest_window(self, now: datetime) -> datetime:
        """The first moment at which a window may begin, for people who are told *now*."""
        return now + timedelta(days=self.days)

    def due(self, milestone: Milestone, night: date) -> datetime | None:
        """When *milestone* falls due (UTC) for the wave of *night*; None for those that follow what happens."""
        ahead = {Milestone.TWO_WEEKS: self.days, Milestone.DAY_BEFORE: 1}.get(milestone)
        return None if ahead is None else local_moment(self.zone, night - timedelta(days=ahead), self.at)


def reference(
    environment: str, guid: str, milestone: Milestone, night: str, audience: Audience = Audience.USER
) -> str:
    """The name of one notice, the same on every run: 40 hexadecimal digits that hold nothing of the person."""
    key = canonical([environment, guid, milestone.value, night, audience.value])
    return hashlib.sha256(key).hexdigest()[:40]


def has_reader(mailbox: Mailbox) -> bool:
    """Whether a person reads the notices sent to *mailbox*."""
    return mailbox.recipient_type not in SHARED_TYPES


def may_be_told(milestone: Milestone, state: MailboxState) -> bool:
    """Whether a mailbox in *state* may be told of *milestone*: nobody hears of a night on which they do not move."""
    return milestone not in _AHEAD or state not in _STAYS


ANNOUNCED_OFF = (Milestone.POSTPONED, Milestone.WITHDRAWN)
"""Whoever was told so of a night does not move in it, whatever comes later."""

ENDED: Mapping[Milestone, str] = MappingProxyType(
    {Milestone.WITHDRAWN: "withdrawn:", Milestone.POSTPONED: ""}
)
"""How the reason of a deferred mailbox begins, by what its people are told; the first that fits."""


def ending(state: MailboxState, why: str) -> Milestone | None:
    """What people are told whose mailbox ended in *state* for the reason *why*; None while it is not over."""
    if state is MailboxState.DEFERRED:
        return next(milestone for milestone, begins in ENDED.items() if why.startswith(begins))
    return {MailboxState.MOVED: Milestone.SUCCESS, MailboxState.FAILED: Milestone.FAILED}.get(state)
