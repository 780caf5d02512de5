"""Tell people, at most once for each milestone of a night, whatever is killed when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from mailwave.core.estate import Record
from mailwave.core.letters import Letter
from mailwave.core.notice_pace import SETTLED_AT_ONCE
from mailwave.core.notice_templates import Reader
from mailwave.core.notices import (
    WENT_OUT,
    Audience,
    Milestone,
    Notice,
    NoticeRecord,
    NoticeState,
    reference,
)
from mailwave.core.outcomes import ActPostponed, ActRefused, ActUnknown, CannotLookUp
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.ports import Ledger, Notifier
from mailwave.runbooks.wave.pacing import Pace
from mailwave.runbooks.wave.readers import Readers

FORGOTTEN = "the service does not find it and may have forgotten it, and twice would be worse than never"

ONCE_ALL_ENDED = frozenset({Milestone.SUCCESS, Milestone.FAILED})
"""What whoever is told of several mailboxes at once hears after the last of them."""

ANSWERS = frozenset({Milestone.POSTPONED, Milestone.WITHDRAWN, Milestone.FAILED})
"""What is said only to who was told that they would move that night."""


@dataclass(frozen=True)
class _Delivered:
    """How many of a few notices were *sent*, how many are *left*, and why the service *put off* the rest."""

    sent: int
    left: int
    put_off: str


@dataclass(frozen=True)
class Teller:
    """Sends the notices of *environment* through *notifier*, to *readers*, as fast as *pace* lets it.

    A few notices at a time are reserved in the ledger before they are sent, and one that was reserved by an earlier
    run and never settled is looked up at the service before anything is sent again.

    *over* has the mailboxes of which nobody is left to be told of a milestone of a night: their users, and the others.
    They are not asked for again at each poll.
    """

    environment: str
    readers: Readers
    pace: Pace
    ledger: Ledger
    notifier: Notifier
    reason: Reason
    say: Callable[[str], None]
    over: dict[tuple[Milestone, date, bool], set[str]] = field(default_factory=lambda: defaultdict(set))

    def tell(
        self,
        milestone: Milestone,
        wave: Wave,
        people: Sequence[Record],
        *,
        remembered: bool = True,
        last: bool = False,
    ) -> datetime | None:
        """Send *milestone* to whom *people* and their mailboxes concern and who did not have it.

        Return when there may be room for those who are left, and None when nobody is. *remembered*: the service still
        finds whatever was sent of it, so that what it does not find was not sent. *last*: nobody else of *wave* comes
        to this milestone.
        """
        over = self.over[milestone, wave.night, True]
        left = [person for person in people if person.mailbox.guid not in over]
        again = [self._tell(milestone, wave, self.readers.users(left), remembered=remembered)]
        if people and (last or milestone not in ONCE_ALL_ENDED):
            again.append(self._tell_others(milestone, wave, people, remembered=remembered))
        return min((moment for moment in again if moment), default=None)

    def letter(self, milestone: Milestone, wave: Wave, reader: Reader) -> Letter | None:
        """What *reader* is sent of *milestone*; None when readers like this are told nothing of it."""
        template = self.readers.templates.of(milestone, reader)
        if template is None:
            return None
        values = self.readers.templates.values(template, reader, wave.night)
        notice = self._notice(milestone, wave, reader)
        return Letter(template, reader.address, notice.reference, values)

    def _tell_others(
        self, milestone: Milestone, wave: Wave, people: Sequence[Record], *, remembered: bool
    ) -> datetime | None:
        over = self.over[milestone, wave.night, False]
        guids = {person.mailbox.guid for person in people}
        if guids <= over:
            return None
        others = self.readers.others(wave, people)
        again = [
            self._tell(
                milestone, wave, [each for each in others if each.audience is audience], remembered=remembered
            )
            for audience in (Audience.DELEGATE, Audience.ADMINISTRATOR)
        ]
        if not any(again):
            over |= guids
        return min((moment for moment in again if moment), default=None)

    def _tell(
        self, milestone: Milestone, wave: Wave, readers: Sequence[Reader], *, remembered: bool
    ) -> datetime | None:
        told = self._told(milestone, wave, readers)
        if _owns(readers):
            ended = {reader.guid for reader in readers if not _is_open(told, reader)}
            self.over[milestone, wave.night, True].update(ended)
        untold = [reader for reader in self._those(milestone, wave, readers) if _is_open(told, reader)]
        doubtful = {reader.guid for reader in untold if reader.guid in told}
        share = self.pace.share(milestone, wave, len(untold)) if _owns(readers) else len(untold)
        again = self.pace.tomorrow() if share < len(untold) else None
        untold, sent = untold[:share], 0
        while untold:
            size = min(self.pace.room(), SETTLED_AT_ONCE)
            if not size:
                again = self.pace.tomorrow()
                break
            some, untold = untold[:size], untold[size:]
            done = self._deliver(milestone, wave, some, doubtful, remembered=remembered)
            sent += done.sent
            if done.left:
                again = self.pace.later()
            if done.put_off:
                self.say(f"a notice waits: {done.put_off}")
                break
        if sent:
            self.say(f"{wave.id}: {sent} {milestone.replace('_', ' ')} notices sent")
        return again

    def _those(self, milestone: Milestone, wave: Wave, readers: Sequence[Reader]) -> list[Reader]:
        """Those of *readers* who are told of *milestone* at all."""
        written = [reader for reader in readers if self.readers.templates.of(milestone, reader)]
        if milestone not in ANSWERS:
            return written
        warned = self._told(Milestone.TWO_WEEKS, wave, written)
        return [reader for reader in written if warned.get(reader.guid) in WENT_OUT]

    def _told(self, milestone: Milestone, wave: Wave, readers: Sequence[Reader]) -> dict[str, NoticeState]:
        if not readers:
            return {}
        guids = [reader.guid for reader in readers]
        return self.ledger.notices_of(milestone, guids, wave.night, readers[0].audience)

    def _notice(self, milestone: Milestone, wave: Wave, reader: Reader) -> Notice:
        night = wave.night.isoformat()
        name = reference(self.environment, reader.guid, milestone, night, reader.audience)
        return Notice(reader.guid, milestone, name, night, reader.audience)

    def _deliver(
        self,
        milestone: Milestone,
        wave: Wave,
        some: Sequence[Reader],
        doubtful: Collection[str],
        *,
        remembered: bool,
    ) -> _Delivered:
        """Send what the service has not and may not have had, and record how each ended."""
        wanted = {reader.guid: self._notice(milestone, wave, reader) for reader in some}
        fresh = {notice.guid for notice in self.ledger.reserve_notices(list(wanted.values()), self.reason)}
        self.pace.count(len(some))
        found = {
            guid: end
            for guid in wanted.keys() & doubtful
            if (end := self._look_up(wanted[guid], remembered=remembered))
        }
        going = [
            reader
            for reader in some
            if (reader.guid in fresh or reader.guid in doubtful) and reader.guid not in found
        ]
        sent, put_off = self._send_all([(wanted[reader.guid], reader) for reader in going], wave)
        self.ledger.settle_notices([*found.values(), *sent], self.reason)
        gone = sum(end.state is NoticeState.SENT for end in sent)
        ended = sum(end.state is not NoticeState.RELEASED for end in sent)
        return _Delivered(gone, len(going) - ended, put_off)

    def _send_all(self, going: Sequence[tuple[Notice, Reader]], wave: Wave) -> tuple[list[NoticeRecord], str]:
        """How each ended, and why the service takes no more, if it does not: then the rest is reserved no longer."""
        ends: list[NoticeRecord] = []
        for place, (notice, reader) in enumerate(going):
            try:
                end = self._send(notice, wave, reader)
            except ActPostponed as error:
                rest = [NoticeRecord(other, NoticeState.RELEASED) for other, _ in going[place:]]
                return [*ends, *rest], error.why
            if end is not None:
                ends.append(end)
        return ends, ""

    def _look_up(self, notice: Notice, *, remembered: bool) -> NoticeRecord | None:
        """How a notice that an earlier run reserved has ended; None when it is to be sent."""
        try:
            found = self.notifier.find(notice.reference)
        except CannotLookUp as error:
            return NoticeRecord(notice, NoticeState.FAILED, error.why)
        if found is not None:
            return NoticeRecord(notice, NoticeState.SENT, found)
        return None if remembered else NoticeRecord(notice, NoticeState.FAILED, FORGOTTEN)

    def _send(self, notice: Notice, wave: Wave, reader: Reader) -> NoticeRecord | None:
        """Send *notice* and return how it ended; None when it stays reserved, for the next round to look up.

        Raises:
            ActPostponed: the service takes nothing now.
        """
        letter = self.letter(notice.milestone, wave, reader)
        assert letter is not None, "whoever has no template is not among those who are told"  # noqa: S101
        try:
            sent = self.notifier.send(letter)
        except ActUnknown:
            return self._look_up(notice, remembered=True)
        except ActRefused as error:
            return NoticeRecord(notice, NoticeState.FAILED, error.why)
        return NoticeRecord(notice, NoticeState.SENT, sent)


def _is_open(told: dict[str, NoticeState], reader: Reader) -> bool:
    return told.get(reader.guid) in (None, NoticeState.RESERVED)


def _owns(readers: Sequence[Reader]) -> bool:
    return bool(readers) and readers[0].audience is Audience.USER
