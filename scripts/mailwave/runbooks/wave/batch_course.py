"""The numbered steps of one batch: start, initial sync, hold at Synced, complete.

What the service says of its users is read with the whole wave's; these steps act on it, and say where the batch is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from mailwave.core.courses import Course, Step
from mailwave.core.estate import Record
from mailwave.core.notices import Milestone, has_reader
from mailwave.core.planner import Batch
from mailwave.core.states import OPEN, MailboxState
from mailwave.runbooks.wave.crew import NIGHT_POLL, SYNC_POLL, Crew, Sight
from mailwave.runbooks.wave.holding import is_held


@dataclass(frozen=True)
class BatchCourse:
    """Carries *batch* from its manifest to its last mailbox."""

    crew: Crew
    sight: Sight
    batch: Batch
    id: str

    def course(self) -> Course:
        """Its steps."""
        return Course(
            self.id,
            (
                Step("1 start", self.start),
                Step("2 initial sync", lambda: self._until({MailboxState.SYNCING})),
                Step("3 hold at synced", lambda: self._until({MailboxState.SYNCING, MailboxState.SYNCED})),
                Step("4 complete", lambda: self._until(OPEN)),
            ),
        )

    def start(self) -> datetime | None:
        """Create and start it once its people were told and the tenant has room; done when nobody of it waits."""
        self.sight.look()
        members = self.sight.members(self.batch)
        now = self.crew.clock.now()
        if not _waiting(members):
            return None
        if is_held(self.crew.ledger, self.sight.wave.id) or not self._were_told(_waiting(members)):
            return self._with_the_wave(now)
        for batch in self.crew.remover.admit([self.batch]):
            if not self.crew.starter.start(batch, members):
                self.crew.remover.held.add(batch.name)
        self.sight.look()
        if not _waiting(self.sight.members(self.batch)):
            return None
        held = self.batch.name in self.crew.remover.held and now < self.sight.wave.window_start
        return now + (SYNC_POLL if held else NIGHT_POLL)

    def _were_told(self, waiting: list[Record]) -> bool:
        """Whether everybody of *waiting* who reads notices was sent one, or cannot be: nothing is copied before."""
        readers = [record.mailbox.guid for record in waiting if has_reader(record.mailbox)]
        night = self.sight.wave.night
        return len(self.crew.ledger.notices_of(Milestone.TWO_WEEKS, readers, night)) == len(readers)

    def _until(self, states: Collection[MailboxState]) -> datetime | None:
        left = any(member.state in states for member in self.sight.members(self.batch))
        return self._with_the_wave(self.crew.clock.now()) if left else None

    def _with_the_wave(self, now: datetime) -> datetime:
        """When the wave looks again, and what was seen here changes."""
        return now + NIGHT_POLL if self.sight.due is None else self.sight.due


def _waiting(members: list[Record]) -> list[Record]:
    return [member for member in members if member.state is MailboxState.WAITING]
