"""The loops that fill nights, against the same rules reckoned by columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mailwave.core.placement import loops
from mailwave.core.placement.problem import Numbers

STARTS, LIMITS, AMOUNTS = [0, 2, 3, 5], [1, 2, 2, 1, 2], [3, 1, 5, 4, 6]
ROWS = np.array(STARTS), np.array(LIMITS), np.array(AMOUNTS)
SHARED = np.array([0]), np.array([[2, 2, 2]])
"""Three groups that need 2 of the first limit each, and of the others 3 and 1, 0 and 5, and 4 and 6."""


def test_rows_stand_by_group_in_the_order_given() -> None:
    """It should put what each group needs together, a limit after the other, but for groups without a place."""
    place = np.array([2, -1, 0, 1])
    needs = {1: (np.array([0, 1, 2]), np.array([4, 9, 3])), 2: (np.arange(4), np.array([6, 9, 1, 5]))}
    counts = np.zeros(3, dtype=np.int64)
    for group, _ in needs.values():
        loops.count_rows(place, group, counts)
    free = np.concatenate([[0], np.cumsum(counts)])
    limits, amounts = np.empty(5, dtype=np.int64), np.empty(5, dtype=np.int64)
    for limit, (group, amount) in needs.items():
        loops.put_rows(place, group, amount, limit, (free, limits, amounts))

    assert ([2, 1, 2], LIMITS, AMOUNTS) == (counts.tolist(), limits.tolist(), amounts.tolist())


def test_amounts_are_added_to_what_is_there() -> None:
    """It should add each amount to the sum of its place."""
    sums = np.array([1, 0, 5])

    loops.add_up(np.array([2, 0, 2]), np.array([4, 3, 6]), sums)

    assert [4, 0, 15] == sums.tolist()


def test_the_last_night_of_each_and_how_many() -> None:
    """It should find the last column that is set and how many are, and -1 where none is."""
    flags = np.array([[True, False, True, False], [False] * 4, [False, True, False, False]])

    assert [[2, -1, 1], [2, 0, 1]] == [column.tolist() for column in loops.last_and_count(flags)]


def test_each_night_takes_the_first_in_order() -> None:
    """It should give each night's room to those that may use it, in order, and tell what nobody took."""
    order, amount = np.array([1, 0]), np.array([5, 4])
    flags = np.array([[True, True], [True, False]])

    assert [0, 1, 4] == [
        loops.left_in_turn(order, amount, flags, np.array(room)) for room in ([6, 3], [5, 3], [1, 4])
    ]


def test_who_does_not_fit_takes_his_part_all_the_same() -> None:
    """It should refuse a group for what those before it ask, and count only what those that fit take."""
    fits, taken = loops.fitting(ROWS, SHARED, np.array([2, 0, 1]), np.array([6, 3, 12]))

    assert ([False, False, True], [2, 0, 5]) == (fits.tolist(), taken.tolist())


def test_the_limit_of_all_refuses_too() -> None:
    """It should refuse whoever comes after the last that the shared limit has room for."""
    fits, taken = loops.fitting(ROWS, SHARED, np.array([2, 0, 1]), np.array([5, 9, 20]))

    assert ([True, True, False], [4, 7, 7]) == (fits.tolist(), taken.tolist())


def test_hopeless_is_what_no_room_fits_alone() -> None:
    """It should name those that need more of a limit than there is, whoever came before."""
    found = loops.hopeless(ROWS, SHARED, np.array([0, 1, 2]), np.array([2, 3, 5]))
    nobody = loops.hopeless(ROWS, SHARED, np.array([0, 1, 2]), np.array([1, 9, 9]))

    assert ([False, False, True], [True] * 3) == (found.tolist(), nobody.tolist())


def test_those_wait_whose_kind_has_the_state() -> None:
    """It should find the places, in order, that still wait and whose kind may move."""
    places, kinds = np.array([4, 1, 3, 0]), np.array([0, 1, 0, 0], dtype=np.uint32)
    waits = np.array([True, True, True, False, True])

    found = loops.waiting(places, kinds, np.array([1, 2], dtype=np.int8), waits, 1)

    assert [4, 0] == found.tolist()


def queue(places: list[int]) -> tuple[Numbers, NDArray[np.uint32], NDArray[np.bool_], Numbers]:
    """A queue of *places*, of which those divisible by three are of another kind, and 1 does not wait."""
    kinds = np.array([int(place % 3 == 0) for place in places], dtype=np.uint32)
    waits = np.array([place != 1 for place in range(9)])
    return np.array(places), kinds, waits, np.arange(9)


def test_no_more_are_looked_for_than_are_enough() -> None:
    """It should find as many as are asked for, by number and by mailboxes, and where to look on."""
    state = np.array([1, 2], dtype=np.int8)
    asked = [(0, 1, 0), (0, 1, 5), (2, 9, 9), (6, 1, 1), (0, -1, -1)]

    found = [loops.following(queue([1, 2, 3, 4, 5, 7]), state, 1, least) for least in asked]

    assert [[2], [2, 4], [4, 5, 7], [], []] == [places.tolist() for places, _ in found]
    assert [2, 4, 6, 6, 0] == [row for _, row in found]
