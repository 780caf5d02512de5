"""Places groups night by night: first who has few nights left, then in an order that no other group changes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mailwave.core.placement.problem import NEVER, Flags, Needs, Numbers, Problem
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

_BARRED, _MAY, _URGENT = 0, 1, 2


def placed(problem: Problem, horizon: int, fixed: Numbers | None = None) -> Numbers:
    """The night of each group, or `NEVER`; no limit is exceeded in any night, and no group moves when it may not.

    *horizon* is the night by which all could have moved (`mailwave.core.placement.bounds`). *fixed* has the nights that
    stay as they are, and `NEVER` for groups that are free.
    """
    night_of: Numbers = np.full(problem.groups, NEVER) if fixed is None else fixed.copy()
    # Rows are put in the order in which groups are placed, so that a night reads memory from front to back.
    order = np.argsort(problem.order, kind="stable")
    table = _Table.of(problem, order)
    kept = used(problem, night_of)
    promised = owed(kept, problem.limits.refill)
    states = _states(problem.calendar.allowed, horizon)
    queue = _Queue.of(problem, order, np.flatnonzero(night_of[order] == NEVER))
    left = np.zeros(len(problem.limits.names), dtype=np.int64)
    for night in range(problem.limits.nights):
        left = begins_with(problem.limits, night, left) - kept[night]
        candidates = queue.candidates(states[:, night])
        room = np.maximum(left - promised[night], 0)
        chosen, taken = _fill(table, queue, candidates, room)
        night_of[order[queue.groups[chosen]]] = night
        queue, left = queue.without(chosen), left - taken
    return night_of


def _states(allowed: Flags, horizon: int) -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    """For each pattern and night: barred, free to move, or urgent because few nights or less than half are left."""
    nights = allowed.shape[1]
    until = allowed & (np.arange(nights) <= horizon)
    left = np.cumsum(until[:, ::-1], axis=1, dtype=np.int32)[:, ::-1]
    length = np.maximum(horizon + 1 - np.arange(nights), 0)
    urgent = (left <= FEW) | (2 * left <= length)
    return np.where(allowed, np.where(urgent, _URGENT, _MAY), _BARRED).astype(np.int8)


class _Queue(NamedTuple):
    """The groups that wait, by their places in the order, and the pattern of each."""

    groups: Numbers
    pattern: np.ndarray[tuple[int], np.dtype[np.uint32]]

    @classmethod
    def of(cls, problem: Problem, order: Numbers, waiting: Numbers) -> _Queue:
        return cls(waiting, problem.calendar.pattern[order[waiting]].astype(np.uint32))

    def candidates(self, state: np.ndarray[tuple[int], np.dtype[np.int8]]) -> Numbers:
        """The places in the queue of those that may move, urgent ones first."""
        of_each = state[self.pattern]
        return np.concatenate([np.flatnonzero(of_each == _URGENT), np.flatnonzero(of_each == _MAY)])

    def without(self, places: Numbers) -> _Queue:
        stays = np.ones(len(self.groups), dtype=np.bool_)
        stays[places] = False
        return _Queue(self.groups[stays], self.pattern[stays])


class _Table(NamedTuple):
    """What groups need, a row a group in the order of placing: limits that all need as columns, the others as rows."""

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
    def of(cls, problem: Problem, order: Numbers) -> _Table:
        needs, limits = problem.needs, len(problem.limits.names)
        shared = np.flatnonzero(np.bincount(needs.limit, minlength=limits) == problem.groups)
        column = np.full(limits, NEVER)
        column[shared] = np.arange(len(shared))
        places = column[needs.limit]
        of_all = places != NEVER
        amounts = np.zeros((problem.groups, len(shared)), dtype=np.int64)
        amounts[needs.group[of_all], places[of_all]] = needs.amount[of_all]
        rest = Needs(*(values[~of_all] for values in needs))
        begins = np.searchsorted(rest.group, np.arange(problem.groups + 1))
        rows, _ = _rows(begins, order)
        starts = np.concatenate([[0], np.cumsum(np.diff(begins)[order])])
        return cls(
            problem.mailboxes[order],
            shared,
            amounts[order],
            rest.limit[rows],
            rest.amount[rows],
            starts,
            limits,
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
    counts = starts[groups + 1] - starts[groups]
    place = np.repeat(np.arange(len(groups)), counts)
    within = np.arange(len(place)) - np.repeat(np.cumsum(counts) - counts, counts)
    return starts[groups][place] + within, place


def _fill(table: _Table, queue: _Queue, candidates: Numbers, room: Numbers) -> tuple[Numbers, Numbers]:
    """Those of *candidates* that move in a night with *room*, and what they take of it."""
    chosen, left = [np.empty(0, dtype=np.int64)], room
    for turn in range(TURNS):
        if not len(candidates) or left[0] <= 0:
            break
        looked_at = _enough(table.mailboxes, queue, candidates, int(left[0]))
        rest = candidates[len(looked_at) :]
        if turn:  # the first turn meets an empty night, which hardly any group is too large for
            looked_at = looked_at[~_hopeless(table, queue.groups[looked_at], left)]
        fits = _fitting(table, queue.groups[looked_at], left)
        chosen.append(looked_at[fits])
        left = left - table.sums(queue.groups[looked_at[fits]])
        candidates = np.concatenate([looked_at[~fits], rest])
    return np.concatenate(chosen), room - left


def _enough(mailboxes: Numbers, queue: _Queue, candidates: Numbers, room: int) -> Numbers:
    """The first of *candidates*, as many as are worth looking at; the first limit is that of mailboxes."""
    wanted = int(SPARE * room)
    first = candidates[: max(wanted, LEAST)]
    return first[: max(int(np.searchsorted(np.cumsum(mailboxes[queue.groups[first]]), wanted)) + 1, LEAST)]


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
