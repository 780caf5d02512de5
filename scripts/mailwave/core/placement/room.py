"""What nights have left of each limit when groups have moved as planned, and what keeps a group from a night."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mailwave.core.placement.problem import NEVER, Flags, Limits, Numbers, Problem


def used(problem: Problem, night_of: Numbers) -> Numbers:
    """What groups with a night take: a row a night and a column a limit."""
    nights, columns = problem.limits.nights, len(problem.limits.names)
    # Those without a night fill a row of their own, before the others. Sums are exact up to 2**53, which is 9 PB.
    cell = (night_of[problem.needs.group] + 1) * columns + problem.needs.limit
    taken = np.bincount(cell, problem.needs.amount, minlength=(nights + 1) * columns)
    return taken[columns:].astype(np.int64).reshape(nights, columns)


def owed(taken: Numbers, refill: Numbers) -> Numbers:
    """What each night has to leave over of each limit, because later nights take more than their refill."""
    later = np.zeros_like(taken)
    for night in range(len(taken) - 2, -1, -1):
        later[night] = np.maximum(taken[night + 1] + later[night + 1] - refill[night + 1], 0)
    return later


def begins_with(limits: Limits, night: int, left: Numbers) -> Numbers:
    """What *night* begins with, when the one before left *left*."""
    room: Numbers = np.minimum(limits.depth[night], left + limits.refill[night])
    return room


def left_over(limits: Limits, taken: Numbers) -> Numbers:
    """What each night leaves, when *taken* is what it takes; less than 0 where it takes more than there is."""
    left = np.zeros_like(taken)
    before = np.zeros(taken.shape[1], dtype=np.int64)
    for night in range(len(taken)):
        left[night] = begins_with(limits, night, before) - taken[night]
        before = np.maximum(left[night], 0)
    return left


def spare(limits: Limits, taken: Numbers) -> Numbers:
    """What each night could take more, without taking from a later night what that needs."""
    left = left_over(limits, taken)
    found = left.copy()
    for night in range(len(taken) - 2, -1, -1):
        # What would not go into the next night's bucket is free; the rest is taken from what that night can spare.
        lost = np.maximum(left[night] + limits.refill[night + 1] - limits.depth[night + 1], 0)
        found[night] = np.minimum(left[night], found[night + 1] + lost)
    return found


class Barrier(NamedTuple):
    """What keeps a group from the nights before its own.

    *barred* is how many of them its calendar does not hold; *full* has for each limit how many nights have too little
    of it left; *free* is how many it would fit into.
    """

    barred: int
    full: dict[str, int]
    free: int


def barrier(problem: Problem, night_of: Numbers, group: int) -> Barrier:
    """What keeps *group* from earlier nights; from all nights when it has none."""
    until = problem.limits.nights if night_of[group] == NEVER else int(night_of[group])
    allowed = problem.calendar.allowed[problem.calendar.pattern[group], :until]
    rows = np.flatnonzero(problem.needs.group == group)
    room = spare(problem.limits, used(problem, night_of))[:until][allowed]
    limit, amount = problem.needs.limit[rows], problem.needs.amount[rows]
    short: Flags = room[:, limit] < amount
    full = {
        problem.limits.names[column]: int(count)
        for column, count in zip(limit.tolist(), short.sum(axis=0).tolist(), strict=True)
        if count
    }
    return Barrier(int((~allowed).sum()), full, int((~short.any(axis=1)).sum()))


def why_never(problem: Problem, group: int) -> str:
    """Why *group* has no night, in words."""
    allowed = problem.calendar.allowed[problem.calendar.pattern[group]]
    if not allowed.any():
        return "no night is left in its calendar"
    most = np.maximum(problem.limits.depth, problem.limits.refill)[allowed].max(axis=0)
    rows = np.flatnonzero(problem.needs.group == group)
    for limit, amount in zip(problem.needs.limit[rows], problem.needs.amount[rows], strict=True):
        if amount > most[limit]:
            return f"needs {amount:,} of {problem.limits.names[limit]}; a night takes {most[limit]:,}"
    return "no night in the calendar has room left"
