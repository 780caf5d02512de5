"""A day being lived: its events happen to the state at once, and reach the log together when the day is over."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from rehearsal.campaign.draws import Ints, Words
from rehearsal.campaign.events import Cause, Events, Kind, pack
from rehearsal.campaign.profile import DAY, Profile
from rehearsal.campaign.state import State
from rehearsal.campaign.world import World


@dataclass
class Day:
    """Day *number* of a campaign, which runs from 08:00 to 08:00. *returned*: those whose completion failed today."""

    state: State
    number: int
    returned: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    _written: list[Words] = field(default_factory=list)

    @property
    def world(self) -> World:
        """What the campaign is carried out on."""
        return self.state.world

    @property
    def rules(self) -> Profile:
        """The profile."""
        return self.state.world.profile

    @property
    def begins(self) -> int:
        """The first second of the day."""
        return self.number * DAY

    @property
    def ends(self) -> int:
        """The first second of the next day."""
        return self.begins + DAY

    def happen(
        self, kind: Kind, rows: Ints, at: Ints | int, n: Ints | int = 0, cause: Ints | int = Cause.NONE
    ) -> None:
        """Let an event happen to each of *rows*."""
        if not len(rows):
            return
        events = Events(_column(at, len(rows)), rows, _column(n, len(rows)), _column(cause, len(rows)))
        if kind is Kind.RETURNED:
            self.returned = np.concatenate([self.returned, rows])
        self._written.append(pack(self.number, kind, events))
        self.state.apply(kind, events)

    def words(self) -> Words:
        """All events of the day in canonical order."""
        return np.sort(np.concatenate([np.empty(0, dtype=np.uint64), *self._written]))


def _column(values: Ints | int, count: int) -> Ints:
    if isinstance(values, int):
        return np.full(count, values, dtype=np.int64)
    return values.astype(np.int64, copy=False)
