"""Who works on waves, and what they share while they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailwave.core.estate import Record
from mailwave.core.events import Announce, nowhere
from mailwave.core.notices import NoticeRules
from mailwave.core.planner import Batch, Wave
from mailwave.core.states import OPEN
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.wave.batches import Starter
from mailwave.runbooks.wave.completion import Completer
from mailwave.runbooks.wave.gate import Gate, open_gate
from mailwave.runbooks.wave.licences import Licenser
from mailwave.runbooks.wave.moves import Follower
from mailwave.runbooks.wave.notices import Teller
from mailwave.runbooks.wave.removal import Remover
from mailwave.runbooks.wave.stop_loss import StopLoss

SYNC_POLL = timedelta(hours=6)
"""Between looks at a wave that is copying or waiting for its window."""

NIGHT_POLL = timedelta(minutes=10)
"""Between looks at a wave whose window is open, whose completions overran it, or one of whose batches is in doubt."""


def nothing() -> None:
    """Do nothing."""


def nothing_to_remember(_wave: Wave) -> None:
    """Keep nothing of a wave: for courses over a model, whose mailboxes have no rights and no settings."""


@dataclass(frozen=True)
class Crew:
    """Who does what for a wave; *say* is told what happens, with the moment at which it does.

    *gate* is asked before anybody of a wave is told of it; *remember* keeps what its mailboxes are, before the first of
    them is completed; *archive* sends what was kept of a wave to where nobody can delete it; *read_back* asks what did
    not arrive.
    """

    clock: Clock
    ledger: Ledger
    rules: NoticeRules
    teller: Teller
    starter: Starter
    follower: Follower
    completer: Completer
    licenser: Licenser
    remover: Remover
    stop_loss: StopLoss
    say: Callable[[str], None]
    announce: Announce = nowhere
    gate: Gate = open_gate
    remember: Callable[[Wave], object] = field(default=nothing_to_remember, kw_only=True)
    archive: Callable[[], None] = field(default=nothing, kw_only=True)
    read_back: Callable[[], None] = field(default=nothing, kw_only=True)


@dataclass
class Sight:
    """What the courses of one *wave* saw of it last, so that not each of them reads its thousands of rows.

    *due* is when the wave's own course looks again; None where that is carried elsewhere.
    """

    wave: Wave
    ledger: Ledger
    due: datetime | None = None
    records: list[Record] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict, init=False)
    _upto: int | None = field(default=None, init=False)

    def look(self) -> list[Record]:
        """The wave's mailboxes as they are now: those who took a step since the last look, and the others as then."""
        self._upto, ends = self.ledger.steps(self._upto)
        if ends is None:  # and what changes from here on is told by the next look
            self.records = self.ledger.mailboxes(wave=self.wave.id)
            self._places = {record.mailbox.guid: place for place, record in enumerate(self.records)}
        elif mine := ends.keys() & self._places.keys():
            self.records = list(self.records)
            for guid in mine:
                was = self.records[self._places[guid]]
                self.records[self._places[guid]] = Record(was.mailbox, *ends[guid], was.wave, was.batch)
        return self.records

    def members(self, batch: Batch) -> list[Record]:
        """The mailboxes of *batch* as they were seen last."""
        if not self.records:
            self.look()
        return [self.records[self._places[guid]] for guid in batch.mailboxes]

    @property
    def is_open(self) -> bool:
        """Whether any mailbox is still to be accounted for."""
        return are_open(self.records)


def are_open(records: Sequence[Record]) -> bool:
    """Whether any of *records* is still to be accounted for."""
    return any(record.state in OPEN for record in records)
