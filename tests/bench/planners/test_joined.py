"""The ways of finding delegate groups are compared by their time, so they have to find the same."""

from __future__ import annotations

import numpy as np
import pytest

from bench.planners.joined import WAYS

ONE = np.array([5, 1, 7, 3, 6, 9, 0, 3, 4])
OTHER = np.array([1, 5, 6, 2, 8, 7, 0, 4, 2])
"""Pairs from either end, twice and with itself: 1 and 5, 2 to 4, 6 to 9, and 0 alone."""


@pytest.mark.parametrize("way", WAYS)
def test_each_way_finds_the_groups_from_either_end(way: str) -> None:
    """It should find four groups, the largest of four, whichever end of each pair comes first."""
    assert [(4, 4)] * 2 == [WAYS[way](10, ONE, OTHER), WAYS[way](10, OTHER, ONE)]
