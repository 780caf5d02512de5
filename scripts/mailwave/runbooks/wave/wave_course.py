"""The numbered steps of one wave: preflight, tell, stage, sync, hold, converge, release, close, verify, license.

Its batches are started by courses of their own; this one reads what the service says of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailwave.core.convergence import missing
from mailwave.core.courses import Course, Step
from mailwave.core.estate import Record
from mailwave.core.events import Event, Kind
from mailwave.core.moves import Move
from mailwave.core.notices import (
    ANNOUNCED_OFF,
    REMEMBERED,
    WENT_OUT,
    Milestone,
    NoticeState,
    ending,
    has_reader,
)
from mailwave.core.planner import Wave
from mailwave.core.states import IN_FLIGHT, OPEN, MailboxState, Transition
from mailwave.runbooks.wave.completion import NotApproved
from mailwave.runbooks.wave.crew import NIGHT_POLL, SYNC_POLL, Crew, Sight, are_open
from mailwave.runbooks.wave.holding import is_held

PATIENCE = timedelta(days=3)
"""How long after its window, and in one run, a wave may still have open mailboxes before a person must look."""

Moves = Mapping[str, Move]


NOT_TOLD = "not told: the notice service had no room for two weeks' notice of that night"
"""Why somebody is deferred whose notice did not go out in time."""


class DoesNotEnd(Exception):
    """Mailboxes of *wave* are still open long after its window."""

    def __init__(self, *, wave: str, mailboxes: Sequence[str]) -> None:
        self.wave = wave
        self.mailboxes = tuple(mailboxes)
        super().__init__(
            f"{len(mailboxes)} mailboxes of wave {wave} are still open three days after its window, "
            f"the first {mailboxes[0]}"
        )


@dataclass(frozen=True)
class WaveCourse:
    """Carries one wave from its preflight to the last licence; the run *began* then."""

    crew: Crew
    sight: Sight
    began: datetime
    id: str
    staged: list[bool] = field(default_factory=list)

    @property
    def wave(self) -> Wave:
        """The wave."""
        return self.sight.wave

    def course(self) -> Course:
        """Its steps; those that are for open mailboxes end at once where there are none."""
        acts: tuple[tuple[str, Callable[[], datetime | None]], ...] = (
            ("1 preflight", self._while_open(self.preflight)),
            ("2 tell", self._while_open(self.tell)),
            ("3 stage", self._while_open(self.stage)),
            ("4 initial sync", self._while_open(self.sync)),
            ("5 hold at synced", self._while_open(self.hold)),
            ("6 converge", self._while_open(self.converge)),
            ("7 release", self._while_open(self.release)),
            ("8 close", self._while_open(self.close)),
            ("9 verify", self.verify),
            ("10 license", self.license),
        )
        return Course(self.id, tuple(Step(name, act) for name, act in acts))

    def _while_open(self, act: Callable[[], datetime | None]) -> Callable[[], datetime | None]:
        return lambda: act() if are_open(self.sight.look()) else None

    # --- before anything is copied

    def preflight(self) -> datetime | None:
        """See that its list is approved, its people can move, and there is a licence for each of those who do."""
        wave = self.wave
        if is_held(self.crew.ledger, wave.id):
            return self.crew.clock.now() + NIGHT_POLL
        if self.crew.ledger.live_approval(wave.digest, wave.window_start) is None:
            raise NotApproved(wave=wave.id, digest=wave.digest, at=wave.window_start)
        if waiting := self._in({MailboxState.WAITING}):
            self.crew.gate(wave, waiting)
            self.sight.look()
            self.crew.licenser.check_seats(wave, self._in({MailboxState.WAITING}))
        return None

    def tell(self) -> datetime | None:
        """Give everybody who waits their two weeks' notice; whom it cannot reach in time does not move that night."""
        again = self._tell(Milestone.TWO_WEEKS, self._in({MailboxState.WAITING}))
        if again is None or again <= self.wave.window_start - timedelta(days=self.crew.rules.days):
            return again
        told = self.crew.ledger.notices_of(Milestone.TWO_WEEKS, self.wave.mailboxes, self.wave.night)
        untold = [
            Transition(record.mailbox.guid, MailboxState.DEFERRED, NOT_TOLD)
            for record in self._in({MailboxState.WAITING})
            if has_reader(record.mailbox) and told.get(record.mailbox.guid) in (None, NoticeState.RESERVED)
        ]
        self.crew.ledger.move_state(untold, self.crew.teller.reason)
        self.crew.say(
            f"{self.wave.id}: {len(untold)} people could not be told in time and do not move that night"
        )
        return None

    def stage(self) -> datetime | None:
        """Let the courses of its batches start them."""
        if self.staged or not self._in({MailboxState.WAITING}):
            return None
        self.staged.append(True)
        return self.crew.clock.now()

    # --- until its window

    def sync(self) -> datetime | None:
        """Follow the copying until people are to be reminded."""
        if self.crew.clock.now() >= self._due(Milestone.DAY_BEFORE):
            return None
        self._poll()
        return self._next() if self.sight.is_open else None

    def hold(self) -> datetime | None:
        """Remind people, and hold what is copied until the window opens."""
        now = self.crew.clock.now()
        if now >= self.wave.window_start:
            return None
        self._poll()
        self._tell(Milestone.DAY_BEFORE, self._in(IN_FLIGHT))
        return self._next() if self.sight.is_open else None

    # --- its window and after

    def converge(self) -> None:
        """Keep what its mailboxes are, find out what was left in doubt, and name who is missing at the service."""
        self.crew.remember(self.wave)
        told = self.crew.ledger.notices_of(Milestone.DAY_BEFORE, self.wave.mailboxes, self.wave.night)
        doubtful = [r for r in self.sight.records if told.get(r.mailbox.guid) is NoticeState.RESERVED]
        self.crew.teller.tell(Milestone.DAY_BEFORE, self.wave, doubtful, remembered=False)
        followed = self._poll()
        for batch, addresses in missing(self._under_way(), followed).items():
            text = f"{len(addresses)} users are missing, the first {addresses[0]}: nobody of it is completed"
            self.crew.say(f"batch {batch}: {text}")
            self.crew.announce(Event(Kind.BATCH_FAILED, batch, text))

    def release(self) -> datetime | None:
        """Release whoever is synced and was told, until the window ends; nobody of a batch that lacks users."""
        now = self.crew.clock.now()
        if now >= self.wave.window_end:
            return None
        followed = self._poll()
        if is_held(self.crew.ledger, self.wave.id):
            return self._next()
        lacking = missing(self._under_way(), followed)
        held = {guid for batch in self.wave.batches if batch.name in lacking for guid in batch.mailboxes}
        free = [
            record
            for record in self._told(self._in({MailboxState.SYNCED}))
            if record.mailbox.guid not in held
        ]
        self.crew.completer.complete(self.wave, free, followed, now)
        self.sight.look()
        self._tell(Milestone.CUTOVER, self._in({MailboxState.COMPLETING}))
        return self._next() if self.sight.is_open else None

    def close(self) -> datetime | None:
        """Move out what has not begun to complete, and follow the rest to its end."""
        followed = self._poll()
        self.crew.completer.close(self.wave, self.sight.records, followed)
        self.sight.look()
        return self._next() if self.sight.is_open else None

    def verify(self) -> datetime | None:
        """Tell everybody how it ended, thank those whose mailbox was read back, and keep what the batches showed."""
        self.sight.look()
        again = self._tell_ends(last=True)
        self.crew.read_back()
        if again is None:
            self.crew.remover.capture([batch.name for batch in self.wave.batches])
            self.crew.archive()
        return again

    def license(self) -> datetime | None:
        """Let those in who are in no licence group yet; done once everybody has a licence."""
        records = self.sight.look()
        self.crew.licenser.give(self.wave, records)
        now = self.crew.clock.now()
        done = self.crew.licenser.is_complete(self.wave, records, now, self.began)
        return None if done else now + NIGHT_POLL

    # --- what several of them do

    def _poll(self) -> Moves:
        """Read what the service says of all batches, act on it, and do what follows for those who have moved."""
        self.crew.read_back()
        followed = self.crew.follower.follow(self._under_way())
        records = self.sight.look()
        self.crew.licenser.give(self.wave, records)
        self._tell_ends(last=False)
        self._announce_stalled(records)
        self.crew.stop_loss.check(self.wave.id, records, self.crew.follower.waiting_of(records, followed))
        return followed

    def _under_way(self) -> dict[str, list[Record]]:
        """The members of those batches of which the service has some to work on, by the batches' names."""
        members = {batch.name: self.sight.members(batch) for batch in self.wave.batches}
        return {
            name: its
            for name, its in members.items()
            if any(member.state in IN_FLIGHT | {MailboxState.UNKNOWN} for member in its)
        }

    def _tell_ends(self, *, last: bool) -> datetime | None:
        """Say how it ended to those for whom it has; what failed may be tried again until it is the *last* time."""
        ends: dict[Milestone, list[Record]] = {}
        for record in self.sight.records:
            if (ended := ending(record.state, record.why)) is not None:
                ends.setdefault(ended, []).append(record)
        if not last:
            ends.pop(Milestone.FAILED, None)
        again = [self._tell(milestone, people, last=last) for milestone, people in ends.items()]
        return min((moment for moment in again if moment), default=None)

    def _in(self, states: Collection[MailboxState]) -> list[Record]:
        return [record for record in self.sight.records if record.state in states]

    def _told(self, synced: Sequence[Record]) -> list[Record]:
        """Those of *synced* who had their two weeks' notice and were not told otherwise since: only they complete."""
        readers = [record.mailbox.guid for record in synced if has_reader(record.mailbox)]
        notices_of, night = self.crew.ledger.notices_of, self.wave.night
        told = notices_of(Milestone.TWO_WEEKS, readers, night)
        off = {
            guid
            for milestone in ANNOUNCED_OFF
            for guid, state in notices_of(milestone, readers, night).items()
            if state is not NoticeState.FAILED
        }
        return [
            record
            for record in synced
            if not has_reader(record.mailbox)
            or (told.get(record.mailbox.guid) in WENT_OUT and record.mailbox.guid not in off)
        ]

    def _tell(self, milestone: Milestone, people: Sequence[Record], *, last: bool = False) -> datetime | None:
        first = self.crew.rules.due(milestone, self.wave.night) or self.wave.window_start
        remembered = self.crew.clock.now() < first + REMEMBERED
        return self.crew.teller.tell(milestone, self.wave, people, remembered=remembered, last=last)

    def _announce_stalled(self, records: Sequence[Record]) -> None:
        """Say how many still copy though their window is open, or have not ended though it is over."""
        now = self.crew.clock.now()
        behind = {MailboxState.SYNCING} if now < self.wave.window_end else IN_FLIGHT
        late = [record for record in records if record.state in behind]
        if late and now >= self.wave.window_start:
            text = f"{len(late)} moves are behind, the first of {late[0].mailbox.address}"
            self.crew.announce(Event(Kind.MOVE_STALLED, self.wave.id, text))

    def _next(self) -> datetime:
        """When to look again.

        Raises:
            DoesNotEnd: it is days after the window, and mailboxes are open.
        """
        wave, now, still_open = self.wave, self.crew.clock.now(), self._in(OPEN)
        if now > max(wave.window_end, self.began) + PATIENCE:
            raise DoesNotEnd(wave=wave.id, mailboxes=[record.mailbox.address for record in still_open])
        full = self.crew.remover.held
        held = {guid for batch in wave.batches if batch.name in full for guid in batch.mailboxes}
        in_doubt = any(r.state is MailboxState.WAITING and r.mailbox.guid not in held for r in still_open)
        poll = now + (SYNC_POLL if now < wave.window_start and not in_doubt else NIGHT_POLL)
        moments = (self._due(Milestone.DAY_BEFORE), wave.window_start, wave.window_end)
        return min([poll, *(moment for moment in moments if moment > now)])

    def _due(self, milestone: Milestone) -> datetime:
        due = self.crew.rules.due(milestone, self.wave.night)
        assert due is not None, "only success has no due time"  # noqa: S101
        return due
