"""How fast notices go out: never more in any minute, or in any day, than was granted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.notice_pace import SPAN, Quota, Tally

START = datetime(2026, 9, 15, 23, 57, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@given(
    a_minute=st.integers(3, 40),
    a_day=st.integers(0, 90),
    wanted=st.lists(st.tuples(st.integers(0, 25), st.integers(1, 30)), max_size=60),
)
def test_no_minute_and_no_day_is_overfull(a_minute: int, a_day: int, wanted: list[tuple[int, int]]) -> None:
    """It should let out, whatever is wanted when, no more in any 60 seconds and in any day than was granted."""
    now, sent = START, []
    tally = Tally(Quota(a_minute, a_day), now, 0)
    for seconds, number in wanted:
        now += timedelta(seconds=seconds)
        if number := min(number, tally.room(now)):
            tally.count(now, number)
            sent.append((now, number))

    for moment, _ in sent:
        assert sum(each for at, each in sent if moment <= at < moment + MINUTE) <= a_minute
    days: Counter[object] = Counter()
    for at, number in sent:
        days[at.date()] += number
    assert all(number <= a_day for number in days.values())


@pytest.mark.parametrize(("a_day", "opens"), [(100, START + SPAN), (9, datetime(2026, 9, 16, tzinfo=UTC))])
def test_it_says_when_there_is_room_again(a_day: int, opens: datetime) -> None:
    """It should name the moment at which the minute's room comes back or, once the day is full, midnight."""
    tally = Tally(Quota(30, a_day), START, 0)
    tally.count(START, 9)

    assert (0, opens) == (tally.room(START), tally.opens(START))
    assert 9 == tally.room(opens)


def test_a_new_process_counts_the_first_moments_as_full() -> None:
    """It should not trust that an earlier process, which sent today, has sent nothing just now."""
    fresh, later = (Tally(Quota(30, 100), START, today) for today in (0, 1))

    assert (9, 0, 9) == (fresh.room(START), later.room(START), later.room(START + SPAN))
