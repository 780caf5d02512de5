"""The days on which two weeks' notice goes out: quotas kept, nobody told late, and as late as can be."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.notice_schedule import Schedule, schedule

FIRST = date(2026, 3, 2)
OWED = 14
DAY = timedelta(days=1)

nights = st.dictionaries(st.integers(0, 40).map(lambda n: FIRST + n * DAY), st.integers(0, 60), max_size=12)


def used(people: dict[date, int], made: Schedule) -> Counter[date]:
    """All notices of each day: two weeks', the reminder, the cutover, and the thanks at night or the morning after."""
    days: Counter[date] = Counter()
    for night, number in people.items():
        days.update({night - DAY: number, night: 2 * number, night + DAY: number})
        days.update(made.shares[night])
    return days


@given(people=nights, a_day=st.integers(0, 200))
def test_no_day_is_overfull_and_nobody_is_told_late(people: dict[date, int], a_day: int) -> None:
    """It should never cross the quota by a notice of its own, nor give less notice than is owed, nor lose anybody."""
    made = schedule(people, first=FIRST, owed=OWED, a_day=a_day)
    others = used(people, Schedule({night: {} for night in people}, {}))

    for night, number in people.items():
        share = made.shares[night]
        assert number == sum(share.values()) + made.late.get(night, 0)
        assert all(FIRST <= day <= night - OWED * DAY and told > 0 for day, told in share.items())
    for day, sent in used(people, made).items():
        assert sent <= max(a_day, others[day])


@given(people=nights, a_day=st.integers(0, 200))
def test_somebody_is_late_only_when_every_day_is_full(people: dict[date, int], a_day: int) -> None:
    """It should give up on nobody while a day that is in time has room."""
    made = schedule(people, first=FIRST, owed=OWED, a_day=a_day)
    sent = used(people, made)

    for night in made.late:
        day = FIRST
        while day <= night - OWED * DAY:
            assert sent[day] >= a_day
            day += DAY


def test_who_fits_is_told_on_the_last_day() -> None:
    """It should tell everybody two weeks ahead to the day, and only the overflow earlier."""
    night = FIRST + 20 * DAY

    made = schedule({night: 25}, first=FIRST, owed=OWED, a_day=10)

    last = night - OWED * DAY
    assert {last: 10, last - DAY: 10, last - 2 * DAY: 5} == dict(made.shares[night])
    assert (last - 2 * DAY, 15, 25) == (made.begins(night), made.by(night, last - DAY), made.by(night, last))


def test_what_was_told_already_still_has_its_other_notices() -> None:
    """It should keep room for the reminders and thanks of those who need no two weeks' notice any more."""
    night = FIRST + 20 * DAY
    due = night - OWED * DAY

    made = schedule({night: 4}, first=FIRST, owed=OWED, a_day=10, planned={night: 4, due: 4})

    assert {due: 2, due - DAY: 2} == dict(made.shares[night])


def test_the_whole_move_is_told_in_time_under_the_quota() -> None:
    """It should tell 2.1 million people, 22,000 a weekday and 83,000 a weekend, within 225,000 notices a day."""
    people: dict[date, int] = {}
    night, left = FIRST + OWED * DAY, 2_100_000
    while left:
        people[night] = min(left, 41_500 if night.weekday() > 4 else 22_000)
        left -= people[night]
        night += DAY

    made = schedule(people, first=FIRST, owed=OWED, a_day=225_000)

    assert {} == made.late
    assert 2_100_000 == sum(sum(share.values()) for share in made.shares.values())
    assert max(used(people, made).values()) <= 225_000
    assert all(day <= night - OWED * DAY for night, share in made.shares.items() for day in share)


def test_a_weekend_above_the_days_quota_is_told_over_several_days() -> None:
    """It should spread 2.1 million over a quota that a weekend's notices alone would fill."""
    saturdays = {FIRST + (19 + 7 * week) * DAY: 83_000 for week in range(25)}
    saturdays[FIRST + (19 + 7 * 25) * DAY] = 25_000

    made = schedule(saturdays, first=FIRST, owed=OWED, a_day=170_000)

    assert (2_100_000, {}) == (sum(saturdays.values()), made.late)
    assert max(used(saturdays, made).values()) <= 170_000
    assert 1 < max(len(share) for share in made.shares.values())


def test_whoever_is_left_on_the_last_day_is_told_then() -> None:
    """It should tell on each day what falls to it, and less where others were told more; on the last day, all."""
    night = FIRST + 20 * DAY
    last = night - OWED * DAY
    made = schedule({night: 25}, first=FIRST, owed=OWED, a_day=10)

    def shares(day: date, *untold: int) -> list[int]:
        return [made.share(night, day, owed=OWED, before=25, untold=each) for each in untold]

    assert [[0], [5, 0], [10, 0, 15], [3]] == [
        shares(last - 3 * DAY, 25),
        shares(last - 2 * DAY, 25, 20),
        shares(last - DAY, 20, 10, 25),
        shares(last + DAY, 3),
    ]
