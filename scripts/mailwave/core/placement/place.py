"""Places groups night by night: first who has few nights left, then in an order that no other group changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.placement import loops
from mailwave.core.placement.problem import NEVER, Calendar, Flags, Need, Numbers, Problem
from mailwave.core.placement.room import begins_with, owed, used

FEW = 5
"""A group with at most so many nights left before the horizon is urgent. Tried on one generated instance and confirmed
on three others, where the last night was then that of the maximum flow."""

TURNS = 20
"""Times that a night is filled up at most: each turn gives the room that refused groups were counted with to others."""

SPARE = 1.3
"""How much more than the room of a night is looked at in a turn, so that what does not fit is replaced by what does."""

LEAST = 2_000
"""As many groups at least are looked at in a turn."""

SLACK = 1.3
"""How many more places are kept than groups wait, before those of the others are left out."""

_BARRED, _MAY, _URGENT = 0, 1, 2

_States = NDArray[np.int8]


def placed(problem: Problem, horizon: int, fixed: Numbers | None = None) -> Numbers:
    """The night of each group, or `NEVER`; no limit is exceeded in any night, and no group moves when it may not.

    *horizon* is the night by which all could have moved (`mailwave.core.placement.bounds`). *fixed* has the nights that
    stay as they are, and `NEVER` for groups that are free.
    """
    night_of: Numbers = np.full(problem.groups, NEVER) if fixed is None else fixed.copy()
    pattern, allowed = problem.calendar
    waiting = np.flatnonzero(night_of == NEVER)
    waiting = waiting[allowed.any(axis=1)[pattern[waiting]]]
    # Equal numbers are hardly ever drawn, so the sort need not be a stable one, which takes four times as long.
    waiting = waiting[np.argsort(problem.order[waiting])]
    table = _Table.of(problem, waiting)
    queue = _Queue(problem.calendar, waiting, table.mailboxes)
    kept = used(problem, night_of)
    promised = owed(kept, problem.limits.refill)
    states = _states(allowed, horizon)
    left = np.zeros(len(problem.needs), dtype=np.int64)
    for night in range(problem.limits.nights):
        if not queue.left:
            break
        left = begins_with(problem.limits, night, left) - kept[night]
        room = np.maximum(left - promised[night], 0)
        chosen, taken = _fill(table, queue, states[night], room)
        night_of[waiting[chosen]] = night
        queue.take(chosen)
        left = left - taken
    return night_of


def _states(allowed: Flags, horizon: int) -> _States:
    """For each night and pattern: barred, free to move, or urgent because few nights or less than half are left."""
    by_night = np.ascontiguousarray(allowed.T)
    nights = len(by_night)
    found = np.empty(by_night.shape, dtype=np.int8)
    left = np.zeros(by_night.shape[1], dtype=np.int16)
    for night in range(nights - 1, -1, -1):
        if night <= horizon:
            left += by_night[night]
        urgent = left <= max(FEW, (horizon + 1 - night) // 2)
        found[night] = np.where(by_night[night], np.where(urgent, _URGENT, _MAY), _BARRED)
    return found


class _Queue:
    """The groups that wait, each by its place in the order of placing, which never changes.

    *left* is how many there are.
    """

    def __init__(self, calendar: Calendar, waiting: Numbers, mailboxes: Numbers) -> None:
        patterns = len(calendar.allowed)
        pattern = calendar.pattern[waiting]
        # Numbers of 16 bits are sorted ten times as fast.
        self._of_pattern = np.argsort(pattern.astype(np.min_scalar_type(patterns)), kind="stable")
        self._pattern = pattern.astype(np.uint32)
        self._count = np.bincount(pattern, minlength=patterns)
        self._begins = np.concatenate([[0], np.cumsum(self._count)])
        self._mailboxes = mailboxes
        self._waits = np.ones(len(waiting), dtype=np.bool_)
        self._places, self._kinds = np.arange(len(waiting)), self._pattern
        self.left = len(waiting)

    def take(self, places: Numbers) -> None:
        """Those at *places* do not wait any more."""
        self._waits[places] = False
        self._count -= np.bincount(self._pattern[places], minlength=len(self._count))
        self.left -= len(places)
        if SLACK * self.left < len(self._places):
            stays = self._waits[self._places]
            self._places, self._kinds = self._places[stays], self._kinds[stays]

    def urgent(self, state: _States) -> Numbers:
        """The places of those that are urgent, in order."""
        patterns = np.flatnonzero((state == _URGENT) & (self._count > 0))
        if 4 * int((self._begins[patterns + 1] - self._begins[patterns]).sum()) > len(self._places):
            return loops.waiting(self._places, self._kinds, state, self._waits, _URGENT)
        places = self._of_pattern[_ranges(self._begins[patterns], self._begins[patterns + 1])]
        return np.sort(places[self._waits[places]])

    def others(self, state: _States, begin: int, groups: int, room: float) -> tuple[Numbers, int]:
        """The places of those that may move and are not urgent, in order, from *begin* on, and where to look on.

        They are so many *groups*, and as many as fill *room* with mailboxes, as far as there are as many.
        """
        if not self._count[state == _MAY].any():
            return np.empty(0, dtype=np.int64), begin
        queue = self._places, self._kinds, self._waits, self._mailboxes
        return loops.following(queue, state, _MAY, (begin, groups, math.ceil(room)))


class _Table(NamedTuple):
    """What groups need, by their places in the queue: limits that all need as columns, the others as rows."""

    mailboxes: Numbers
    shared: Numbers
    amounts: Numbers
    """Of each shared limit (row) and group (column)."""
    rows: loops.Rows

    @classmethod
    def of(cls, problem: Problem, waiting: Numbers) -> _Table:
        """That of the groups *waiting*, in their order."""
        count = len(waiting)
        place = np.full(problem.groups, NEVER)
        place[waiting] = np.arange(count)
        shared: list[int] = []
        counts = np.zeros(count, dtype=np.int64)
        for limit, need in enumerate(problem.needs):
            before = int(counts.sum())
            loops.count_rows(place, need.group, counts)
            if int(counts.sum()) - before == count:
                shared.append(limit)
                counts -= 1
        amounts = [problem.needs[limit].of(waiting) for limit in shared]
        return cls(
            problem.mailboxes[waiting],
            np.array(shared, dtype=np.int64),
            np.array(amounts, dtype=np.int64).reshape(len(shared), count),
            _rows(problem.needs, shared, place, counts),
        )

    def fitting(self, groups: Numbers, room: Numbers) -> tuple[Flags, Numbers]:
        """Which of *groups* fit, when each before it takes its part, fitting or not; and what these take."""
        return loops.fitting(self.rows, (self.shared, self.amounts), groups, room)

    def hopeless(self, groups: Numbers, room: Numbers) -> Flags:
        """Which of *groups* need more than there is even by themselves."""
        return loops.hopeless(self.rows, (self.shared, self.amounts), groups, room)


def _rows(needs: tuple[Need, ...], shared: Sequence[int], place: Numbers, counts: Numbers) -> loops.Rows:
    """What each group, by its *place*, needs of the limits that are not *shared*: *counts* of them."""
    starts = np.concatenate([[0], np.cumsum(counts)])
    limits, amounts = np.empty((2, int(starts[-1])), dtype=np.int64)
    free = starts.copy()
    for limit, need in enumerate(needs):
        if limit not in shared:
            loops.put_rows(place, need.group, need.amount, limit, (free, limits, amounts))
    return starts, limits, amounts


def _ranges(begins: Numbers, ends: Numbers) -> Numbers:
    """All numbers from each of *begins* up to its one of *ends*."""
    counts = ends - begins
    ahead = np.cumsum(counts) - counts
    found: Numbers = np.arange(int(counts.sum())) + np.repeat(begins - ahead, counts)
    return found


def _fill(table: _Table, queue: _Queue, state: _States, room: Numbers) -> tuple[Numbers, Numbers]:
    """Those in *queue* that move in a night with *room*, and what they take of it."""
    candidates, begin = queue.urgent(state), 0
    firm, chosen, left = len(candidates), [np.empty(0, dtype=np.int64)], room
    for turn in range(TURNS):
        if left[0] <= 0:
            break
        missing = SPARE * int(left[0]) - int(table.mailboxes[candidates].sum())
        more, begin = queue.others(state, begin, LEAST - len(candidates), missing)
        candidates = np.concatenate([candidates, more])
        if not len(candidates):
            break
        looked_at, rest = _first(table.mailboxes, candidates, int(left[0]))
        if turn:  # the first turn meets an empty night, which hardly any group is too large for
            looked_at = looked_at[~table.hopeless(looked_at, left)]
        looked_at = looked_at[~_too_heavy(table, looked_at, left, firm if not turn else 0)]
        fits, taken = table.fitting(looked_at, left)
        chosen.append(looked_at[fits])
        left = left - taken
        candidates = np.concatenate([looked_at[~fits], rest])
    return np.concatenate(chosen), room - left


def _first(mailboxes: Numbers, candidates: Numbers, room: int) -> tuple[Numbers, Numbers]:
    """The first of *candidates*, as many as are worth looking at, and the rest of them."""
    wanted = int(SPARE * room)
    first = candidates[: max(wanted, LEAST)]
    count = max(int(np.searchsorted(np.cumsum(mailboxes[first]), wanted)) + 1, LEAST)
    return candidates[:count], candidates[count:]


def _too_heavy(table: _Table, groups: Numbers, room: Numbers, firm: int) -> Flags:
    """Which of *groups* to leave for another night, so that the others fill this one with mailboxes: the heaviest.

    The first *firm* of them are not left.
    """
    heavy = np.zeros(len(groups), dtype=np.bool_)
    for row, limit in enumerate(table.shared.tolist()):
        turns = TURNS if limit and room[0] > 0 else 0
        while turns and len(more := _heaviest(table, groups, heavy, room, row, firm)):
            heavy[more] = True
            turns -= 1
    return heavy


def _heaviest(table: _Table, groups: Numbers, heavy: Flags, room: Numbers, row: int, firm: int) -> Numbers:
    """Those of *groups*, besides the *heavy* ones, that are too heavy for the shared limit in *row*."""
    stays = np.flatnonzero(~heavy)
    count, amount = table.mailboxes[groups[stays]], table.amounts[row, groups[stays]]
    ends = int(np.searchsorted(np.cumsum(count), room[0], "right"))
    excess = int(amount[:ends].sum()) - int(room[table.shared[row]])
    if excess <= 0:
        return stays[:0]
    # What comes in the place of those that go; if nothing does, the more room is left.
    each = int(amount[ends:].sum()) // max(int(count[ends:].sum()), 1)
    gained = amount[:ends] - count[:ends] * each
    order = firm + np.argsort(-(gained / count[:ends])[firm:], kind="stable")
    order = order[: int(np.searchsorted(np.cumsum(gained[order]), excess)) + 1]
    found: Numbers = stays[order[gained[order] > 0]]
    return found
