"""The earliest last night that any plan can have, by a maximum flow from calendars into nights.

The flow looks at one limit at a time, lets groups be split, and lets a bucket be full each night; so no plan ends
earlier, and one that ends there is as short as any.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

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


def demand_by_pattern(problem: Problem, limit: int) -> Numbers:
    """What the groups of each pattern of the calendar need of *limit* together."""
    of_limit = problem.needs.limit == limit
    demand = np.zeros(len(problem.calendar.allowed), dtype=np.int64)
    np.add.at(demand, problem.calendar.pattern[problem.needs.group[of_limit]], problem.needs.amount[of_limit])
    return demand


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
    """A night before which it is plain that not all fits: sums are too small, or some may not move yet."""
    enough = int(np.searchsorted(np.cumsum(case.ceilings), int(case.demand.sum())))
    begins = np.where(case.allowed.any(axis=1), np.argmax(case.allowed, axis=1), len(case.ceilings))
    return max(enough, int(begins.max(initial=0)))


def _fits(case: _Case, last: int) -> bool:
    parts = -(-int(max(case.demand.sum(), case.ceilings[: last + 1].sum())) // LARGEST)
    demand, room = case.demand // parts, -(-case.ceilings[: last + 1] // parts)
    patterns, nights = len(demand), last + 1
    pattern, night = np.nonzero(case.allowed[:, :nights])
    source, sink = patterns + nights, patterns + nights + 1
    heads = np.concatenate([np.full(patterns, source), pattern, patterns + np.arange(nights)])
    tails = np.concatenate([np.arange(patterns), patterns + night, np.full(nights, sink)])
    most = np.concatenate([demand, demand[pattern], room]).astype(np.int32)
    network = csr_array((most, (heads, tails)), shape=(sink + 1, sink + 1))
    return int(maximum_flow(network, source, sink).flow_value) >= int(demand.sum())
