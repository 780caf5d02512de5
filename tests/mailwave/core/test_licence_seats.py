"""Seats by wave, room in the groups, and the days without a licence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mailwave.core.licence_errors import ERRORS, OTHERS, error_of, is_tried
from mailwave.core.licence_seats import (
    Band,
    Demand,
    GroupRoom,
    Seats,
    Stock,
    Unlicensed,
    day_of,
    first_short,
    forecast,
    urgent,
)

E3, F3 = Stock("e3", "ENTERPRISEPACK", 100, 40), Stock("f3", "DESKLESSPACK", 5, 5)
FIRST, SECOND, THIRD = (date(2026, 10, day) for day in (5, 6, 7))


def test_seats_run_out_at_the_wave_that_finds_too_few() -> None:
    """It should give seats to the earliest night first, and say how many are short from which wave on."""
    demands = [
        Demand("w3", THIRD, "e3", 1),
        Demand("w1", FIRST, "e3", 50),
        Demand("w2", SECOND, "e3", 12),
        Demand("w1", FIRST, "f3", 2),
        Demand("w2", SECOND, "never bought", 1),
    ]

    rows = forecast(demands, {"e3": E3, "f3": F3})

    assert [
        Seats("w1", FIRST, "ENTERPRISEPACK", 50, 60, 0),
        Seats("w1", FIRST, "DESKLESSPACK", 2, 0, 2),
        Seats("w2", SECOND, "ENTERPRISEPACK", 12, 10, 2),
        Seats("w2", SECOND, "never bought", 1, 0, 1),
        Seats("w3", THIRD, "ENTERPRISEPACK", 1, 0, 1),
    ] == rows
    assert rows[1] == first_short(rows)
    assert first_short(rows[:1]) is None


def test_seats_that_others_took_too_many_of_are_none() -> None:
    """It should see no seat where more are used than were bought."""
    (row,) = forecast([Demand("w", FIRST, "e3", 3)], {"e3": Stock("e3", "E3", 10, 12)})

    assert (0, 3) == (row.free, row.short)


def test_a_group_is_over_by_who_finds_no_room() -> None:
    """It should take as many as it may hold, and not one more."""
    assert [0, 1] == [GroupRoom("office", 59_990, coming, 60_000).over for coming in (10, 11)]


@pytest.mark.parametrize(
    ("day", "band", "left"),
    [
        (0, Band.FRESH, 30),
        (6, Band.FRESH, 24),
        (7, Band.WARNED, 23),
        (20, Band.WARNED, 10),
        (21, Band.ALARM, 9),
        (29, Band.ALARM, 1),
        (30, Band.DISCONNECTED, 30),
        (59, Band.DISCONNECTED, 1),
        (60, Band.LOST, 0),
    ],
)
def test_days_without_a_licence_are_counted_to_their_end(day: int, band: Band, left: int) -> None:
    """It should wake somebody nine days before a mailbox is disconnected, and know when it is lost (fact B51)."""
    one = Unlicensed("g", "a@b", "w", day, "why")

    assert (band, left) == (one.band, one.left)
    assert [one] * (day >= 21) == urgent([one])


def test_days_are_counted_from_the_start_of_the_window() -> None:
    """It should be the first day until a whole one is over."""
    began = datetime(2026, 10, 5, 20, tzinfo=UTC)

    assert [0, 0, 1, 30] == [
        day_of(began, began + timedelta(hours=hours)) for hours in (1, 23, 24, 30 * 24 + 1)
    ]


def test_every_error_of_the_directory_has_a_meaning() -> None:
    """It should know each error of fact E6, and take another for one of unknown cause."""
    assert {
        "CountViolation",
        "MutuallyExclusiveViolation",
        "DependencyViolation",
        "ProhibitedInUsageLocationViolation",
        "UniquenessViolation",
    } == set(ERRORS)
    assert OTHERS == error_of("Others") == error_of("News")


def test_a_refusal_is_tried_again_as_its_cause_asks() -> None:
    """It should try for a seat whenever there is one, and everything else once."""
    assert [False, True, True] == [
        is_tried("CountViolation", tries=tries, free=free) for tries, free in ((0, 0), (0, 1), (7, 1))
    ]
    assert [True, False] == [is_tried("UniquenessViolation", tries=tries, free=0) for tries in (0, 1)]
