"""Places groups night by night: first who has few nights left, then in an order that no other group changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.placement.problem import NEVER, Flags, Numbers, Problem
from mailwave.core.placement.room import begins_with, owed, used
from mailwave.core.runs import running_sums

FEW = 5
"""A group with at most so many nights left before the horizon is urgent. Tried on one generated instance and confirmed
on three others, where the last night was then that of the maximum flow."""

TURNS = 20
"""Times that a night is filled up at most: each turn gives the room that refused groups were counted with to others."""

SPARE = 1.3
"""How much more than the room of a night is looked at in a turn, so that what does not fit is replaced by what does."""

LEAST = 2_000
"""As many groups at least are looked at in a turn."""

BLOCK = 32_768
"""Groups that wait are looked through in blocks of so many, until there are enough for a turn."""

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
    waiting = np.flatnonzero(night_of == NEVER)
    table = _Table.of(problem, waiting)
    kept = used(problem, night_of)
    promised = owed(kept, problem.limits.refill)
    states = _states(problem.calendar.allowed, horizon)
    queue = _Queue(problem, waiting)
    left = np.zeros(len(problem.limits.names), dtype=np.int64)
    for night in range(problem.limits.nights):
        left = begins_with(problem.limits, night, left) - kept[night]
        room = np.maximum(left - promised[night], 0)
        chosen, taken = _fill(table, queue, states[night], room)
        night_of[waiting[queue.groups[chosen]]] = night
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
    """The groups that wait, in the order of placing; the place of a group in it never changes.

    *groups* has for each place which of those that waited at first it is.
    """

    def __init__(self, problem: Problem, waiting: Numbers) -> None:
        patterns = len(problem.calendar.allowed)
        self.groups = np.argsort(problem.order[waiting], kind="stable")
        pattern = problem.calendar.pattern[waiting[self.groups]]
        # Numbers of 16 bits are sorted ten times as fast, and looked up twice as fast.
        self._pattern: NDArray[np.unsignedinteger] = pattern.astype(np.min_scalar_type(patterns))
        self._of_pattern = np.argsort(self._pattern, kind="stable")
        self._begins = np.concatenate([[0], np.cumsum(np.bincount(pattern, minlength=patterns))])
        self._waits = np.ones(len(waiting), dtype=np.bool_)
        self._count = np.bincount(pattern, minlength=patterns)
        self._places, self._kinds = np.arange(len(waiting)), self._pattern
        self._left = len(waiting)

    def take(self, places: Numbers) -> None:
        """Those at *places* do not wait any more."""
        self._waits[places] = False
        self._count -= np.bincount(self._pattern[places], minlength=len(self._count))
        self._left -= len(places)
        if SLACK * self._left < len(self._places):
            stays = self._waits[self._places]
            self._places, self._kinds = self._places[stays], self._kinds[stays]

    def urgent(self, state: _States) -> Numbers:
        """The places of those that are urgent, in order."""
        patterns = np.flatnonzero((state == _URGENT) & (self._count > 0))
        if 4 * int((self._begins[patterns + 1] - self._begins[patterns]).sum()) > len(self._places):
            is_urgent: Flags = state[self._kinds] == _URGENT
            return self._places[is_urgent & self._waits[self._places]]
        found, _ = _rows(self._begins, patterns)
        places = self._of_pattern[found]
        return np.sort(places[self._waits[places]])

    def others(self, state: _States) -> Iterator[Numbers]:
        """The places of those that may move and are not urgent, in order, some at a time."""
        for begin in range(0, len(self._places), BLOCK):
            may = np.flatnonzero(state[self._kinds[begin : begin + BLOCK]] == _MAY) + begin
            places = self._places[may]
            yield places[self._waits[places]]


class _Table(NamedTuple):
    """What groups need, a row a group: limits that all need as columns, the others as rows."""

    mailboxes: Numbers
    shared: Numbers
    amounts: Numbers
    """Of each group (row) and shared limit (column)."""
    limit: Numbers
    amount: Numbers
    starts: Numbers
    """Where the rows of *limit* and *amount* of each group begin."""
    limits: int

    @classmethod
    def of(cls, problem: Problem, groups: Numbers) -> _Table:
        """That of *groups*, which are in rising order."""
        needs, limits, count = problem.needs, len(problem.limits.names), len(groups)
        begins, ends = (np.searchsorted(needs.group, groups, side) for side in ("left", "right"))
        place, rows = _ranges(begins, ends - begins)
        limit, amount = needs.limit[rows], needs.amount[rows]
        shared = np.flatnonzero(np.bincount(limit, minlength=limits) == count)
        amounts = np.empty((count, len(shared)), dtype=np.int64)
        is_rest = np.ones(len(limit), dtype=np.bool_)
        for column, of_all in enumerate(shared.tolist()):
            here = limit == of_all
            amounts[:, column] = amount[here]
            is_rest &= ~here
        starts = np.concatenate([[0], np.cumsum(np.bincount(place[is_rest], minlength=count))])
        return cls(
            problem.mailboxes[groups], shared, amounts, limit[is_rest], amount[is_rest], starts, limits
        )

    def rows(self, groups: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Limit and amount of the rows of *groups*, in their order, and the place in *groups* of each row."""
        rows, place = _rows(self.starts, groups)
        return self.limit[rows], self.amount[rows], place

    def sums(self, groups: Numbers) -> Numbers:
        """What *groups* take of each limit."""
        limit, amount, _ = self.rows(groups)
        taken = np.zeros(self.limits, dtype=np.int64)
        np.add.at(taken, limit, amount)
        taken[self.shared] = self.amounts[groups].sum(axis=0)
        return taken


def _rows(starts: Numbers, groups: Numbers) -> tuple[Numbers, Numbers]:
    """The rows of *groups*, whose rows begin at *starts*, in their order, and the place in *groups* of each row."""
    place, rows = _ranges(starts[groups], starts[groups + 1] - starts[groups])
    return rows, place


def _ranges(begins: Numbers, counts: Numbers) -> tuple[Numbers, Numbers]:
    """The place in *begins* of each row, and the rows: from each of *begins* on so many as *counts* says."""
    place = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    return place, begins[place] + within


def _fill(table: _Table, queue: _Queue, state: _States, room: Numbers) -> tuple[Numbers, Numbers]:
    """The places of those in *queue* that move in a night with *room*, and what they take of it."""
    urgent, others = queue.urgent(state), queue.others(state)
    firm = len(urgent)
    candidates, chosen, left = urgent, [np.empty(0, dtype=np.int64)], room
    for turn in range(TURNS):
        candidates = _enough(table.mailboxes, queue.groups, candidates, others, int(left[0]))
        if not len(candidates) or left[0] <= 0:
            break
        looked_at, rest = _first(table.mailboxes, queue.groups, candidates, int(left[0]))
        if turn:  # the first turn meets an empty night, which hardly any group is too large for
            looked_at = looked_at[~_hopeless(table, queue.groups[looked_at], left)]
        looked_at = looked_at[~_too_heavy(table, queue.groups[looked_at], left, firm if not turn else 0)]
        fits = _fitting(table, queue.groups[looked_at], left)
        chosen.append(looked_at[fits])
        left = left - table.sums(queue.groups[looked_at[fits]])
        candidates = np.concatenate([looked_at[~fits], rest])
    return np.concatenate(chosen), room - left


def _enough(
    mailboxes: Numbers, groups: Numbers, candidates: Numbers, others: Iterator[Numbers], room: int
) -> Numbers:
    """*candidates*, and *others* as far as they are needed to be worth looking at."""
    found, held = [candidates], int(mailboxes[groups[candidates]].sum())
    count = len(candidates)
    while (held < SPARE * room or count < LEAST) and (more := next(others, None)) is not None:
        found.append(more)
        held, count = held + int(mailboxes[groups[more]].sum()), count + len(more)
    return np.concatenate(found) if len(found) > 1 else candidates


def _first(mailboxes: Numbers, groups: Numbers, candidates: Numbers, room: int) -> tuple[Numbers, Numbers]:
    """The first of *candidates*, as many as are worth looking at, and the rest of them."""
    wanted = int(SPARE * room)
    first = candidates[: max(wanted, LEAST)]
    count = max(int(np.searchsorted(np.cumsum(mailboxes[groups[first]]), wanted)) + 1, LEAST)
    return candidates[:count], candidates[count:]


def _too_heavy(table: _Table, groups: Numbers, room: Numbers, firm: int) -> Flags:
    """Which of *groups* to leave for another night, so that the others fill this one with mailboxes: the heaviest.

    The first *firm* of them are not left.
    """
    heavy = np.zeros(len(groups), dtype=np.bool_)
    for column, limit in enumerate(table.shared.tolist()):
        turns = TURNS if limit and room[0] > 0 else 0
        while turns and len(more := _heaviest(table, groups, heavy, room, column, firm)):
            heavy[more] = True
            turns -= 1
    return heavy


def _heaviest(table: _Table, groups: Numbers, heavy: Flags, room: Numbers, column: int, firm: int) -> Numbers:
    """Those of *groups*, besides the *heavy* ones, that are too heavy for the shared limit in *column*."""
    stays = np.flatnonzero(~heavy)
    count, amount = table.mailboxes[groups[stays]], table.amounts[groups[stays], column]
    ends = int(np.searchsorted(np.cumsum(count), room[0], "right"))
    excess = int(amount[:ends].sum()) - int(room[table.shared[column]])
    if excess <= 0:
        return stays[:0]
    # What comes in the place of those that go; if nothing does, the more room is left.
    each = int(amount[ends:].sum()) // max(int(count[ends:].sum()), 1)
    gained = amount[:ends] - count[:ends] * each
    order = firm + np.argsort(-(gained / count[:ends])[firm:], kind="stable")
    order = order[: int(np.searchsorted(np.cumsum(gained[order]), excess)) + 1]
    found: Numbers = stays[order[gained[order] > 0]]
    return found


def _hopeless(table: _Table, groups: Numbers, room: Numbers) -> Flags:
    """Which of *groups* need more than there is even by themselves."""
    found: Flags = (table.amounts[groups] > room[table.shared]).any(axis=1)
    limit, amount, place = table.rows(groups)
    found[place[amount > room[limit]]] = True
    return found


def _fitting(table: _Table, groups: Numbers, room: Numbers) -> Flags:
    """Which of *groups* fit, when each before it takes its part, fitting or not."""
    fits: Flags = (np.cumsum(table.amounts[groups], axis=0) <= room[table.shared]).all(axis=1)
    limit, amount, place = table.rows(groups)
    order = np.argsort(limit.astype(np.int16), kind="stable")
    limit, amount, place = limit[order], amount[order], place[order]
    fits[place[running_sums(amount, limit) > room[limit]]] = False
    return fits
