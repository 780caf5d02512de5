"""What changed between two plans: who moves on another night, from which, to which, and why."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.placement.reasons import WHYS
from mailwave.core.plan_columns import Placement
from mailwave.core.population import Guids, Numbers, guid_texts, order_of

CAME = "is in the new plan only"
LEFT = "is in the old plan only"
CAUSES = (*WHYS, CAME, LEFT)
"""Why a mailbox is in the difference, in the order of their numbers."""


type _Part = tuple[Guids, Numbers, Numbers, NDArray[np.int8]]


class Difference(NamedTuple):
    """A mailbox a row, in order of guid: its day *was* and *now* as ordinals (0: none), and a place in `CAUSES`."""

    guid: Guids
    was: Numbers
    now: Numbers
    why: NDArray[np.int8]
    stayed: int
    """Mailboxes in both plans whose night is the same."""

    def counts(self) -> Counter[str]:
        """How many changed, by why."""
        found = np.bincount(self.why, minlength=len(CAUSES)).tolist()
        return Counter({why: count for why, count in zip(CAUSES, found, strict=True) if count})

    def rows(self) -> list[tuple[str, date | None, date | None, str]]:
        """Each mailbox with its days and why, as values."""
        columns = (guid_texts(self.guid), self.was.tolist(), self.now.tolist(), self.why.tolist())
        return [
            (guid, _day(was), _day(now), CAUSES[why]) for guid, was, now, why in zip(*columns, strict=True)
        ]


def difference(old: Placement, new: Placement) -> Difference:
    """What changed from *old* to *new*."""
    row = new.population.places(old.population.guid)
    mine = np.flatnonzero(row >= 0)
    theirs = row[mine]
    came = np.ones(new.population.size, dtype=np.bool_)
    came[theirs] = False
    was, now = old.days[mine], new.days[theirs]
    moved = np.flatnonzero(was != now)
    parts: list[_Part] = [
        (old.population.guid[mine[moved]], was[moved], now[moved], new.why[theirs[moved]]),
        _alone(new, came, CAUSES.index(CAME), is_new=True),
        _alone(old, row < 0, CAUSES.index(LEFT), is_new=False),
    ]
    guid = np.concatenate([part[0] for part in parts])
    before, after = (np.concatenate([part[column] for part in parts]) for column in (1, 2))
    why = np.concatenate([part[3] for part in parts])
    order = order_of(guid)
    return Difference(guid[order], before[order], after[order], why[order], len(mine) - len(moved))


def _alone(plan: Placement, rows: NDArray[np.bool_], why: int, *, is_new: bool) -> _Part:
    days = plan.days[rows]
    none = np.zeros_like(days)
    was, now = (none, days) if is_new else (days, none)
    return plan.population.guid[rows], was, now, np.full(len(days), why, dtype=np.int8)


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
