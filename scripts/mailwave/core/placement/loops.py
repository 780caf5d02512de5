"""The loops behind the filling of nights, compiled. Groups are named by their places in the queue, limits by number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mailwave.core.compiled import compiled

type Numbers = NDArray[np.int64]
type Flags = NDArray[np.bool_]

type Rows = tuple[Numbers, Numbers, Numbers]
"""Where the rows of each group begin, and after the last their number; and of each row the limit and the amount."""

type Shared = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The limits that all groups need, and in a row each the amounts that they need of it."""


@compiled("UniTuple(int64[:], 3)(int64[:], int64[:], int64[:], int64)")
def rows_of(place: Numbers, limit: Numbers, amount: Numbers, count: int) -> Rows:
    """The rows of *count* groups, from the *place* of the group, *limit* and *amount* of each, in any order."""
    starts = np.zeros(count + 1, np.int64)
    for row in range(len(place)):
        starts[place[row] + 1] += 1
    starts = np.cumsum(starts)
    free = starts.copy()
    limits, amounts = np.empty_like(limit), np.empty_like(amount)
    for row in range(len(place)):
        limits[free[place[row]]], amounts[free[place[row]]] = limit[row], amount[row]
        free[place[row]] += 1
    return starts, limits, amounts


@compiled(
    "Tuple((boolean[:], int64[:]))(UniTuple(int64[:], 3), Tuple((int64[:], int64[:, :])), int64[:], int64[:])"
)
def fitting(rows: Rows, shared: Shared, groups: Numbers, room: Numbers) -> tuple[Flags, Numbers]:
    """Which of *groups* fit into *room* of each limit, when each before takes its part, fitting or not.

    And what those that fit take of it.
    """
    starts, limit, amount = rows
    limits, amounts = shared
    fits = np.ones(len(groups), np.bool_)
    asked, taken = np.zeros_like(room), np.zeros_like(room)
    for place in range(len(groups)):
        group = groups[place]
        for row in range(len(limits)):
            asked[limits[row]] += amounts[row, group]
            fits[place] &= asked[limits[row]] <= room[limits[row]]
        for row in range(starts[group], starts[group + 1]):
            asked[limit[row]] += amount[row]
            fits[place] &= asked[limit[row]] <= room[limit[row]]
        if fits[place]:
            for row in range(len(limits)):
                taken[limits[row]] += amounts[row, group]
            for row in range(starts[group], starts[group + 1]):
                taken[limit[row]] += amount[row]
    return fits, taken


@compiled("boolean[:](UniTuple(int64[:], 3), Tuple((int64[:], int64[:, :])), int64[:], int64[:])")
def hopeless(rows: Rows, shared: Shared, groups: Numbers, room: Numbers) -> Flags:
    """Which of *groups* need more than there is *room* for even by themselves."""
    starts, limit, amount = rows
    limits, amounts = shared
    found = np.zeros(len(groups), np.bool_)
    for place in range(len(groups)):
        group = groups[place]
        for row in range(len(limits)):
            found[place] |= amounts[row, group] > room[limits[row]]
        for row in range(starts[group], starts[group + 1]):
            found[place] |= amount[row] > room[limit[row]]
    return found


@compiled("int64[:](int64[:], uint32[:], int8[:], boolean[:], int8)")
def waiting(
    places: Numbers, kinds: NDArray[np.uint32], state: NDArray[np.int8], waits: Flags, wanted: int
) -> Numbers:
    """Those of *places* that wait and whose kind has the *wanted* state; *waits* has a flag for every place."""
    found = np.empty(len(places), np.int64)
    count = 0
    for row in range(len(places)):
        if state[kinds[row]] == wanted and waits[places[row]]:
            found[count] = places[row]
            count += 1
    return found[:count].copy()
