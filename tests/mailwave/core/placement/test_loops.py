"""The loops that fill nights, against the same rules reckoned by columns."""

from __future__ import annotations

import numpy as np

from mailwave.core.placement import loops

PLACE = np.array([2, 0, 2, 1, 0])
LIMIT = np.array([1, 1, 2, 2, 2])
AMOUNT = np.array([4, 3, 6, 5, 1])
ROWS = loops.rows_of(PLACE, LIMIT, AMOUNT, 3)
SHARED = np.array([0]), np.array([[2, 2, 2]])
"""Three groups that need 2 of the first limit each, and of the others 3 and 1, 0 and 5, and 4 and 6."""


def test_rows_stand_by_group_in_the_order_given() -> None:
    """It should put the rows of each group together, and keep their order."""
    assert [[0, 2, 3, 5], [1, 2, 2, 1, 2], [3, 1, 5, 4, 6]] == [column.tolist() for column in ROWS]


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
