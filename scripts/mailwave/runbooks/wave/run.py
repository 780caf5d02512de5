"""Run the planned waves to their end: warn, pre-sync, remind, complete in the window, confirm, thank.

Every round starts from what the ledger and the services say, never from memory, so a run that was killed anywhere is
simply run again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mailwave.core.estate import Record
from mailwave.core.events import Announce, Event, Kind, nowhere
from mailwave.core.licences import JOIN
from mailwave.core.notices import REMEMBERED, Milestone, NoticeRules, NoticeState, has_reader
from mailwave.core.planner import Wave
from mailwave.core.states import IN_FLIGHT, OPEN, MailboxState
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.acting import close_cut_off
from mailwave.runbooks.wave import batches, completion, moves
from mailwave.runbooks.wave.batches import Starter
from mailwave.runbooks.wave.completion import Completer, NotApproved
from mailwave.runbooks.wave.licences import Licenser, NotLicensed, SeatsMissing
from mailwave.runbooks.wave.moves import Follower, StrangersInBatch, TwoPrimaries
from mailwave.runbooks.wave.notices import Teller
from mailwave.runbooks.wave.removal import REMOVE, Remover

SYNC_POLL = timedelta(hours=6)
"""Between looks at a wave that is copying or waiting for its window."""

NIGHT_POLL = timedelta(minutes=10)
"""Between looks at a wave whose window is open, whose completions overran it, or one of whose batches is in doubt."""

NEVER = datetime.max.replace(tzinfo=UTC)


class NoPlan(Exception):
    """There is nothing to run yet."""

    def __init__(self) -> None:
        super().__init__("no plan is saved; run `mailwave wave plan` first")


class DoesNotEnd(Exception):
    """Mailboxes of *wave* are still open long after its window."""

    def __init__(self, *, wave: str, mailboxes: Sequence[str]) -> None:
        self.wave = wave
        self.mailboxes = tuple(mailboxes)
        super().__init__(
            f"{len(mailboxes)} mailboxes of wave {wave} are still open three days after its window, "
            f"the first {mailboxes[0]}"
        )


class NoticeTooLate(Exception):
    """People of *wave* were not told in time, and its night cannot be kept."""

    def __init__(self, *, wave: str, people: int, by: datetime) -> None:
        self.wave = wave
        self.people = people
        self.by = by
        super().__init__(
            f"{people} people of wave {wave} had to be told by {by:%Y-%m-%d %H:%M} UTC and were not"
        )


STOPS_ITS_WAVE = (TwoPrimaries, StrangersInBatch, DoesNotEnd, NotApproved, SeatsMissing, NotLicensed)
"""What a person must mend before that wave goes on."""

PATIENCE = timedelta(days=3)
"""How long after its window, and in one run, a wave may still have open mailboxes before a person must look."""


@dataclass(frozen=True)
class RunWaves:
    """Run every saved wave; *say* is told what happens, with the moment at which it does."""

    clock: Clock
    ledger: Ledger
    rules: NoticeRules
    teller: Teller
    starter: Starter
    follower: Follower
    completer: Completer
    licenser: Licenser
    remover: Remover
    say: Callable[[str], None]
    announce: Announce = nowhere

    def prepare(self) -> list[Wave]:
        """The waves to run, in the order of their nights.

        Raises:
            NoPlan: none is saved.
            NotApproved: a wave that is not over has no approval that is live at its window.
            NoticeTooLate: it is too late to tell people of a wave.
        """
        plan = self.ledger.plan()
        if plan is None:
            raise NoPlan
        for wave in plan.waves:
            if _are_open(self._records(wave)):
                self._check(wave)
        return list(plan.waves)

    def run(self) -> None:
        """Go on until no mailbox of any wave is open or without its licence, but for the waves that were stopped.

        Raises:
            TwoPrimaries, StrangersInBatch, DoesNotEnd, NotApproved, SeatsMissing, NotLicensed: a wave was stopped;
                the others have ended.
        """
        waves = self.prepare()
        close_cut_off(self.ledger, batches.ACT, completion.ACT, *moves.ACTS, JOIN, REMOVE)
        began = self.clock.now()
        stopped: dict[str, Exception] = {}
        while wakes := [wake for wave in waves if (wake := self._watched(wave, began, stopped)) != NEVER]:
            self.clock.sleep_until(min(wakes))
        self.remover.settle()
        for error in stopped.values():
            raise error

    def _watched(self, wave: Wave, began: datetime, stopped: dict[str, Exception]) -> datetime:
        """A round of *wave*; what a person must mend stops this wave and no other, and is raised at the end."""
        if wave.id in stopped:
            return NEVER
        try:
            return self._round(wave, began)
        except STOPS_ITS_WAVE as error:
            stopped[wave.id] = error
            self.say(f"{wave.id} is stopped: {error}")
            return NEVER

    def _check(self, wave: Wave) -> None:
        if self.ledger.live_approval(wave.digest, wave.window_start) is None:
            raise NotApproved(wave=wave.id, digest=wave.digest, at=wave.window_start)
        told = self.ledger.notices_of(Milestone.TWO_WEEKS, wave.mailboxes)
        untold = [
            record
            for record in self._records(wave)
            if record.state is MailboxState.WAITING
            and has_reader(record.mailbox)
            and record.mailbox.guid not in told
        ]
        by = wave.window_start - timedelta(days=self.rules.days)
        if untold and self.clock.now() > by:
            raise NoticeTooLate(wave=wave.id, people=len(untold), by=by)

    def _round(self, wave: Wave, began: datetime) -> datetime:
        """Do what is due for *wave* and return when to look again; `NEVER` when it has ended. The run *began* then."""
        records = self._records(wave)
        if not _are_open(records):
            self._tell(Milestone.SUCCESS, wave, records, {MailboxState.MOVED})
            return self._licensed(wave, records, began)
        now = self.clock.now()
        warn = min(self._due(Milestone.TWO_WEEKS, wave), wave.window_start - timedelta(days=self.rules.days))
        if now < warn:
            return warn
        records = self._begin(wave, records)
        followed = self.follower.follow(_under_way(wave, records))
        records = self._records(wave)
        self.licenser.give(wave, records)
        self._remind(wave, records, now)
        if wave.window_start <= now < wave.window_end:
            self.completer.complete(wave, self._told(wave, records), followed, now)
        elif now >= wave.window_end:
            self.completer.close(wave, records, followed)
        self._tell(Milestone.SUCCESS, wave, records, {MailboxState.MOVED})
        self._announce_stalled(wave, records, now)
        still_open = [record for record in records if record.state in OPEN]
        if not still_open:
            return self._licensed(wave, records, began)
        return self._next(wave, still_open, now, began)

    def _licensed(self, wave: Wave, records: Sequence[Record], began: datetime) -> datetime:
        """Let those in who are in no licence group yet; `NEVER` once everybody has a licence."""
        self.licenser.give(wave, records)
        now = self.clock.now()
        return NEVER if self.licenser.is_complete(wave, records, now, began) else now + NIGHT_POLL

    def _announce_stalled(self, wave: Wave, records: Sequence[Record], now: datetime) -> None:
        """Say how many still copy though their window is open, or have not ended though it is over."""
        behind = {MailboxState.SYNCING} if now < wave.window_end else IN_FLIGHT
        late = [record for record in records if record.state in behind]
        if late and now >= wave.window_start:
            text = f"{len(late)} moves are behind, the first of {late[0].mailbox.address}"
            self.announce(Event(Kind.MOVE_STALLED, wave.id, text))

    def _remind(self, wave: Wave, records: Sequence[Record], now: datetime) -> None:
        """Remind people the day before; once the window is open, only find out what an earlier run left in doubt."""
        if self._due(Milestone.DAY_BEFORE, wave) <= now < wave.window_start:
            self._tell(Milestone.DAY_BEFORE, wave, records, IN_FLIGHT)
        elif now >= wave.window_start:
            told = self.ledger.notices_of(Milestone.DAY_BEFORE, wave.mailboxes)
            doubtful = [record for record in records if told.get(record.mailbox.guid) is NoticeState.RESERVED]
            self.teller.tell(Milestone.DAY_BEFORE, wave, doubtful, remembered=False)

    def _begin(self, wave: Wave, records: list[Record]) -> list[Record]:
        """Warn everybody, then start what is not started: nothing is copied before people were told.

        Return the wave's *records* as they are then. Nobody is told of a wave for which there are too few licences.
        """
        if not any(record.state is MailboxState.WAITING for record in records):
            return records
        self.licenser.check_seats(wave, [r for r in records if r.state is MailboxState.WAITING])
        self._tell(Milestone.TWO_WEEKS, wave, records, {MailboxState.WAITING})
        found = {record.mailbox.guid: record for record in records}
        waiting = [
            batch
            for batch in wave.batches
            if any(found[guid].state is MailboxState.WAITING for guid in batch.mailboxes)
        ]
        for batch in self.remover.admit(waiting):
            self.starter.start(batch, [found[guid] for guid in batch.mailboxes])
        return self._records(wave)

    def _told(self, wave: Wave, records: Sequence[Record]) -> list[Record]:
        """Those of *records* whose people had their two weeks' notice: no others are completed."""
        told = self.ledger.notices_of(Milestone.TWO_WEEKS, wave.mailboxes)
        return [
            record
            for record in records
            if not has_reader(record.mailbox) or told.get(record.mailbox.guid) is NoticeState.SENT
        ]

    def _tell(
        self,
        milestone: Milestone,
        wave: Wave,
        records: Sequence[Record],
        states: Collection[MailboxState],
    ) -> None:
        first = wave.window_start if milestone is Milestone.SUCCESS else self._due(milestone, wave)
        people = [record for record in records if record.state in states]
        remembered = self.clock.now() < first + REMEMBERED
        self.teller.tell(milestone, wave, people, remembered=remembered)

    def _next(self, wave: Wave, still_open: Sequence[Record], now: datetime, began: datetime) -> datetime:
        if now > max(wave.window_end, began) + PATIENCE:
            raise DoesNotEnd(wave=wave.id, mailboxes=[record.mailbox.address for record in still_open])
        held = {guid for batch in wave.batches if batch.name in self.remover.held for guid in batch.mailboxes}
        in_doubt = any(r.state is MailboxState.WAITING and r.mailbox.guid not in held for r in still_open)
        poll = now + (SYNC_POLL if now < wave.window_start and not in_doubt else NIGHT_POLL)
        moments = (self._due(Milestone.DAY_BEFORE, wave), wave.window_start, wave.window_end)
        return min([poll, *(moment for moment in moments if moment > now)])

    def _records(self, wave: Wave) -> list[Record]:
        return self.ledger.mailboxes(wave=wave.id)

    def _due(self, milestone: Milestone, wave: Wave) -> datetime:
        due = self.rules.due(milestone, wave.night)
        assert due is not None, "only success has no due time"  # noqa: S101
        return due


def _are_open(records: Sequence[Record]) -> bool:
    return any(record.state in OPEN for record in records)


def _under_way(wave: Wave, records: Sequence[Record]) -> dict[str, list[Record]]:
    """The members of those batches of *wave* of which the service has some to work on, by the batches' names."""
    found = {record.mailbox.guid: record for record in records}
    members = {batch.name: [found[guid] for guid in batch.mailboxes] for batch in wave.batches}
    return {
        name: its
        for name, its in members.items()
        if any(member.state in IN_FLIGHT | {MailboxState.UNKNOWN} for member in its)
    }
