"""What nights have left of each limit when groups have moved as planned, and what keeps a group from a night."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mailwave.core.placement.problem import NEVER, Flags, Limits, Numbers, Problem


def used(problem: Problem, night_of: Numbers) -> Numbers:
    """What groups with a night take: a row a night and a column a limit."""
    taken = np.zeros((problem.limits.nights, len(problem.needs)), dtype=np.int64)
    if (night_of == NEVER).all():
        return taken
    for column, need in enumerate(problem.needs):
        # Those without a night are counted before the others. Sums are exact up to 2**53, which is 9 PB.
        place = night_of[need.group] + 1
        taken[:, column] = np.bincount(place, need.amount, minlength=len(taken) + 1)[1:]
    return taken


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
    room = spare(problem.limits, used(problem, night_of))[:until][allowed]
    amount = needed_by(problem, group)
    short: Flags = (room < amount) & (amount > 0)
    full = {
        name: count
        for name, count in zip(problem.limits.names, short.sum(axis=0).tolist(), strict=True)
        if count
    }
    return Barrier(int((~allowed).sum()), full, int((~short.any(axis=1)).sum()))


def needed_by(problem: Problem, group: int) -> Numbers:
    """What *group* takes of each limit."""
    return np.concatenate([need.of(np.array([group])) for need in problem.needs])


def why_never(problem: Problem, group: int) -> str:
    """Why *group* has no night, in words."""
    allowed = problem.calendar.allowed[problem.calendar.pattern[group]]
    if not allowed.any():
        return "no night is left in its calendar"
    most = np.maximum(problem.limits.depth, problem.limits.refill)[allowed].max(axis=0)
    needed = needed_by(problem, group).tolist()
    for name, amount, there in zip(problem.limits.names, needed, most.tolist(), strict=True):
        if amount > there:
            return f"needs {amount:,} of {name}; a night takes {there:,}"
    return "no night in the calendar has room left"
