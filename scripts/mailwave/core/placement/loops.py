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


@compiled("void(int64[:], int64[:], int64[:])")
def count_rows(place: Numbers, group: Numbers, counts: Numbers) -> None:
    """Add to *counts* a row for each of *group*, by its *place*; those with a place below 0 have none."""
    for named in group:
        if place[named] >= 0:
            counts[place[named]] += 1


@compiled("void(int64[:], int64[:], int64[:], int64, UniTuple(int64[:], 3))")
def put_rows(place: Numbers, group: Numbers, amount: Numbers, limit: int, rows: Rows) -> None:
    """Put the *amount* that each of *group* needs of *limit* into *rows*, whose starts are moved on past it."""
    free, limits, amounts = rows
    for row in range(len(group)):
        own = place[group[row]]
        if own >= 0:
            limits[free[own]], amounts[free[own]] = limit, amount[row]
            free[own] += 1


@compiled("void(int64[:], int64[:], int64[:])")
def add_up(place: Numbers, amount: Numbers, sums: Numbers) -> None:
    """Add each *amount* to the sum of its *place*."""
    for row in range(len(place)):
        sums[place[row]] += amount[row]


@compiled("UniTuple(int64[:], 2)(boolean[:, :])")
def last_and_count(flags: Flags) -> tuple[Numbers, Numbers]:
    """Of each row of *flags* the last column that is set, -1 without one, and how many are."""
    last, count = np.full(len(flags), -1), np.zeros(len(flags), np.int64)
    for row in range(len(flags)):
        for column in range(flags.shape[1]):
            if flags[row, column]:
                last[row] = column
                count[row] += 1
    return last, count


@compiled("int64(int64[:], int64[:], boolean[:, :], int64[:])")
def left_in_turn(order: Numbers, amount: Numbers, flags: Flags, room: Numbers) -> int:
    """What is left when each column gives its *room* to the rows that its *flags* say, the first of *order* first."""
    left, begin = amount[order], 0
    for column in range(len(room)):
        most = room[column]
        while begin < len(left) and not left[begin]:
            begin += 1
        for row in range(begin, len(left)):
            if most <= 0:
                break
            if left[row] and flags[order[row], column]:
                some = min(left[row], most)
                left[row] -= some
                most -= some
    return int(left.sum())


@compiled("boolean[:, :](int64[:], int64[:, :], int64, int64)")
def covered(row: Numbers, span: Numbers, rows: int, nights: int) -> Flags:
    """Of each of *rows* the *nights* that some span holds: from its first number up to its second, in *row*."""
    found = np.zeros((rows, nights), np.bool_)
    for place in range(len(row)):
        found[row[place], span[place, 0] : span[place, 1]] = True
    return found


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


@compiled(
    "Tuple((int64[:], int64))"
    "(Tuple((int64[:], uint32[:], boolean[:], int64[:])), int8[:], int8, UniTuple(int64, 3))"
)
def following(
    queue: tuple[Numbers, NDArray[np.uint32], Flags, Numbers],
    state: NDArray[np.int8],
    wanted: int,
    least: tuple[int, int, int],
) -> tuple[Numbers, int]:
    """Those who wait and whose kind has the *wanted* state, until there are enough; and where to look on.

    *queue* has the places, the kind of each, and for every place whether it waits and its mailboxes. *least* is where
    to begin to look, and how many groups and how many mailboxes are to be found.
    """
    places, kinds, waits, mailboxes = queue
    begin, groups, room = least
    found = np.empty(min(max(groups, room, 0) + 1, len(places)), np.int64)
    count = held = 0
    row = begin
    while row < len(places) and (count < groups or held < room):
        own = places[row]
        if state[kinds[row]] == wanted and waits[own]:
            found[count] = own
            held += mailboxes[own]
            count += 1
        row += 1
    return found[:count], row
