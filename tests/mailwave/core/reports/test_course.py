"""Whether a programme is done and in time, and if not by how much and why."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from mailwave.core.reports.course import (
    Course,
    Night,
    Rate,
    Support,
    verdict,
    weekday_rate,
    weekend_rate,
)

FRIDAY = date(2026, 9, 18)
NIGHTS = tuple(
    Night(FRIDAY + timedelta(days=n), 100, moved, moved * 10)
    for n, moved in enumerate((90, 40, 30, 70, 0, 50, 0, 0, 10))
)
DONE = Course(
    name="test",
    on=date(2026, 11, 1),
    over=True,
    mailboxes=300,
    size_bytes=3000,
    moved=290,
    moved_bytes=2900,
    left=0,
    aside={"failed": 10},
    nights=NIGHTS,
    support=Support(29, "contacts"),
    deadline=date(2026, 10, 31),
    why=(),
)


def told(**other: object) -> tuple[str, str]:
    """The verdict on the course that is done, but for what is *other*."""
    found = verdict(msgspec.structs.replace(DONE, **other))
    return found.word, found.sentence


def test_what_is_done_in_time_is_met() -> None:
    """It should count the days from the last night on which somebody moved, and still name who did not."""
    assert (
        "Met",
        (
            "290 of 300 mailboxes have moved, the last on 26 September 2026, 35 days before the deadline. "
            "For reasons of their own did not move: 10 failed."
        ),
    ) == told()
    assert "0 days before" in told(deadline=date(2026, 9, 26))[1]


def test_what_is_done_late_is_missed() -> None:
    """It should say by how many days; a day earlier it was met."""
    assert ("Missed", True) == (
        told(deadline=date(2026, 9, 25))[0],
        "1 days after" in told(deadline=date(2026, 9, 25))[1],
    )
    assert "Met" == told(deadline=date(2026, 9, 26))[0]


def test_who_is_left_misses_the_deadline() -> None:
    """It should say how many, what share, how many days more at the last weeks' rate, and what held them."""
    missed = {"left": 58, "why": (("weeks held by initial slots", 7),), "aside": {}}
    assert (
        "Missed",
        (
            "By 31 October 2026 58 mailboxes, 19.3%, had not moved; at the 10 a day of the last four weeks that is "
            "6 days more. What held it: weeks held by initial slots (7)."
        ),
    ) == told(**missed)
    assert "Under way" == told(**missed, over=False)[0]
    assert "Under way" == told(**missed, deadline=None)[0]


def test_nothing_is_reckoned_from_nothing() -> None:
    """It should not divide by nights that never were."""
    assert "nothing says how much longer" in told(left=300, moved=0, nights=())[1]
    assert "Nobody moved" == told(moved=0, nights=())[0]
    assert "no deadline is set" in told(deadline=None)[1]


def test_rates_are_of_nights_on_which_somebody_moved() -> None:
    """It should take the two nights of a weekend together, and leave out nights without anybody."""
    assert Rate(70, 90) == weekday_rate(DONE)  # Friday 90, Monday 70, Wednesday 50
    assert Rate(40, 70) == weekend_rate(DONE)  # 40 and 30 together, and 10
    assert Rate(0.0, 0) == weekday_rate(msgspec.structs.replace(DONE, nights=()))


@pytest.mark.parametrize(("number", "share"), [(29, 0.1), (0, 0.0), (None, None)])
def test_support_that_nobody_counted_is_not_none(number: int | None, share: float | None) -> None:
    """It should be a share of those who moved, and not known where nobody counted."""
    assert share == msgspec.structs.replace(DONE, support=Support(number, "contacts")).support_share
