"""The bound over sites and all at once is later than that of each limit by itself, and keeps what was told."""

from __future__ import annotations

import numpy as np
import pytest

from bench.planners.bounds import Classes, Kept, _joint, _network

ROOMS = np.array([[2] * 4, [1] * 4, [2] * 4])
"""What four nights take in all, at a first site and at a second."""

SITE = np.array([0, 0, 0, 1])
CLASSES = Classes(np.zeros(4, dtype=np.int64), np.ones((1, 4), dtype=np.bool_))


@pytest.mark.parametrize(("told", "first", "last"), [(-1, 0, 2), (0, 1, 3)])
def test_the_joint_flow_ends_when_the_fullest_site_does(told: int, first: int, last: int) -> None:
    """It should need a night for each of the site's three, counted from the first that can be told."""
    kept = Kept(np.array([-1, -1, -1, told]), first)

    assert last == _joint(_network(ROOMS, CLASSES, SITE, kept), 1)
