"""The campaign of notices, on few people, and the judge of its minutes."""

from __future__ import annotations

import numpy as np
import pytest

from bench.areas import notices
from mailwave.core.notice_pace import Quota


@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_told_late_and_no_quota_is_crossed(seed: int) -> None:
    """It should keep both promises on small campaigns, too, whatever goes wrong, and tell all but some lost days'."""
    found = {row.name: row.ours for row in notices.rows(21_000, Quota(300, 2_250), seed)}

    assert found["least days of notice"] >= 14
    assert 21_000 == found["people told"] + found["people without two weeks, who do not move that night"]
    assert found["people told"] >= 21_000 - 4 * 415


def test_too_small_a_quota_makes_people_late_and_never_short_of_notice() -> None:
    """It should leave out whom no day has room for, rather than tell them late or cross the quota."""
    found = {row.name: row.ours for row in notices.rows(21_000, Quota(300, 700), 1)}

    assert found["people without two weeks, who do not move that night"] > 0
    assert (True, True) == (found["least days of notice"] >= 14, found["most notices in a day"] <= 700)


def test_a_minute_is_any_sixty_seconds() -> None:
    """It should find the fullest 60 seconds wherever they begin, and leave out what comes just after."""
    moments, numbers = np.array([0.0, 30.0, 59.0, 60.0, 89.0, 200.0]), np.array([5, 7, 1, 4, 3, 9])

    assert 15 == notices.most_in_a_minute(moments, numbers)
