"""The earliest last night that any plan can have, by a maximum flow from calendars into nights.

The flow looks at one limit at a time, lets groups be split, and lets a bucket be full each night; so no plan ends
earlier, and one that ends there is as short as any.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mailwave.core.placement import loops
from mailwave.core.placement.problem import Flags, Limits, Numbers, Problem

LARGEST = 2**30
"""Flows are counted in 32 bits; larger amounts are counted in coarser parts, rounded such that the bound stays one."""


def last_night(problem: Problem) -> int | None:
    """The earliest night by which all groups can have moved as far as each limit says; None when they never can."""
    last = 0
    for limit in range(len(problem.limits.names)):
        demand = demand_by_pattern(problem, limit)
        needed = demand > 0
        case = _Case(demand[needed], problem.calendar.allowed[needed], ceilings(problem.limits, limit))
        found = _first_that_fits(case, last)
        if found is None:
            return None
        last = found
    return last


def most_by(problem: Problem, limit: int, last: int) -> int:
    """No less than the most of *limit* that groups can have taken up to and with the night *last*, in any plan."""
    case = _Case(demand_by_pattern(problem, limit), problem.calendar.allowed, ceilings(problem.limits, limit))
    needed = int(case.demand.sum())
    if not needed or _fits_in_turn(case, last):
        return needed
    parts = max(_parts(case, last), 1)
    flow = _flow(case, -(-case.demand // parts), -(-case.ceilings[: last + 1] // parts))
    return min(needed, flow * parts)


def demand_by_pattern(problem: Problem, limit: int) -> Numbers:
    """What the groups of each pattern of the calendar need of *limit* together."""
    need, (pattern, allowed) = problem.needs[limit], problem.calendar
    # Sums are exact up to 2**53, which is 9 PB.
    return np.bincount(pattern[need.group], need.amount, minlength=len(allowed)).astype(np.int64)


def ceilings(limits: Limits, limit: int) -> Numbers:
    """The most that each night can take of *limit* in any plan."""
    return np.maximum(limits.depth[:, limit], limits.refill[:, limit])


class _Case(NamedTuple):
    """One limit: what each pattern needs, the nights it may use, and what each night takes."""

    demand: Numbers
    allowed: Flags
    ceilings: Numbers


def _first_that_fits(case: _Case, start: int) -> int | None:
    """The first night from *start* on by which all demand can have flowed: in growing steps, then by halves."""
    low = high = max(start, _not_before(case))
    final, step = len(case.ceilings) - 1, 1
    while high < final and not _fits(case, high):
        low, high, step = high + 1, min(high + step, final), 2 * step
    if low > final or (high == final and not _fits(case, final)):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _fits(case, middle) else (middle + 1, high)
    return low


def _not_before(case: _Case) -> int:
    """A night before which it is plain that not all fits: whoever begins at some night needs what is there from it."""
    nights = len(case.ceilings)
    begins = np.where(case.allowed.any(axis=1), np.argmax(case.allowed, axis=1), nights)
    from_each = np.zeros(nights + 1, dtype=np.int64)
    np.add.at(from_each, begins, case.demand)
    from_each = np.cumsum(from_each[::-1])[::-1]
    room = np.concatenate([[0], np.cumsum(case.ceilings)])
    enough = np.searchsorted(room[1:], room[:-1] + from_each[:-1])
    return int(max(enough[from_each[:-1] > 0].max(initial=0), begins.max(initial=0)))


def _fits(case: _Case, last: int) -> bool:
    """Whether all demand can have flowed by *last*: plainly, when it does in order of the last nights; or by a flow."""
    return _fits_in_turn(case, last) or _fits_by_flow(case, last)


def _fits_in_turn(case: _Case, last: int) -> bool:
    """Whether all fits when each night takes first what may use no later one: a way to see it 20 times as fast."""
    allowed = case.allowed[:, : last + 1]
    deadline, nights = loops.last_and_count(allowed)
    order = np.lexsort((nights, deadline))
    return loops.left_in_turn(order, case.demand, allowed, case.ceilings[: last + 1]) == 0


def _fits_by_flow(case: _Case, last: int) -> bool:
    parts = _parts(case, last)
    demand = case.demand // parts
    return _flow(case, demand, -(-case.ceilings[: last + 1] // parts)) >= int(demand.sum())


def _parts(case: _Case, last: int) -> int:
    return -(-int(max(case.demand.sum(), case.ceilings[: last + 1].sum())) // LARGEST)


def _flow(case: _Case, demand: Numbers, room: Numbers) -> int:
    """The most of *demand* that can flow into nights with *room*."""
    from scipy.sparse import csr_array  # takes a fifth of a second, and hardly any plan comes here
    from scipy.sparse.csgraph import maximum_flow

    patterns, nights = len(demand), len(room)
    pattern, night = np.nonzero(case.allowed[:, :nights])
    source, sink = patterns + nights, patterns + nights + 1
    heads = np.concatenate([np.full(patterns, source), pattern, patterns + np.arange(nights)])
    tails = np.concatenate([np.arange(patterns), patterns + night, np.full(nights, sink)])
    most = np.concatenate([demand, demand[pattern], room]).astype(np.int32)
    network = csr_array((most, (heads, tails)), shape=(sink + 1, sink + 1))
    return int(maximum_flow(network, source, sink).flow_value)
