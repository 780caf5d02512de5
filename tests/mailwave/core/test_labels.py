"""Groups as columns of labels."""

from __future__ import annotations

import numpy as np
import pytest

from mailwave.core.labels import count, first_rows, in_order, kinds_of, least_of

LABEL = np.array([3, 0, 3, 2, 0])


def test_groups_are_numbered_as_they_come() -> None:
    """It should number groups from 0 in the order in which they come first, without a gap."""
    assert [0, 1, 0, 2, 1] == in_order(LABEL).tolist()


def test_first_rows() -> None:
    """It should give the first row of each group."""
    assert [1, 2, 0] == first_rows(np.array([2, 0, 1, 1, 0])).tolist()


def test_kinds() -> None:
    """It should give the kind of each group's first row, and say where another of its rows has another."""
    first, mixed = kinds_of(in_order(LABEL), np.array([7, 4, 7, 5, 0]))

    assert ([7, 4, 5], [False, True, False]) == (first.tolist(), mixed.tolist())


def test_least() -> None:
    """It should give the least of those that count, and -1 where a group has none of them."""
    some = np.array([True, True, True, False, False])

    assert [4, 6, -1] == least_of(in_order(LABEL), np.array([9, 6, 4, 1, 2]), some).tolist()


@pytest.mark.parametrize(("label", "groups"), [([], 0), ([0], 1), ([4, 1], 5)])
def test_count(label: list[int], groups: int) -> None:
    """It should count one more than the largest number, and nothing where nobody is."""
    assert groups == count(np.array(label, dtype=np.int64))
