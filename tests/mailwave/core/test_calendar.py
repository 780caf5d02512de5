"""Windows: local hours in a zone whose clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.calendar import Calendar, LocalWindow, local_moment, window_of, windows

EVENING = LocalWindow(time(20), time(6))
DAY = LocalWindow(time(8), time(22))


def a_calendar(weekday: LocalWindow | None = EVENING, weekend: LocalWindow | None = DAY) -> Calendar:
    return Calendar("Europe/London", weekday, weekend)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def hours_of(calendar: Calendar, night: date) -> tuple[datetime, datetime] | None:
    window = window_of(calendar, night)
    return window and (window.start, window.end)


class TestHours:
    @pytest.mark.parametrize(
        ("night", "expected"),
        [
            (date(2026, 9, 15), (utc(2026, 9, 15, 19), utc(2026, 9, 16, 5))),  # summer: an hour ahead of UTC
            (date(2026, 12, 1), (utc(2026, 12, 1, 20), utc(2026, 12, 2, 6))),
            (date(2026, 9, 18), (utc(2026, 9, 18, 19), utc(2026, 9, 19, 5))),  # Friday counts as a weekday
            (date(2026, 9, 19), (utc(2026, 9, 19, 7), utc(2026, 9, 19, 21))),
            (date(2026, 10, 25), (utc(2026, 10, 25, 8), utc(2026, 10, 25, 22))),  # the day clocks go back
        ],
    )
    def test_local_hours_become_utc(self, night: date, expected: tuple[datetime, datetime]) -> None:
        """It should follow British time through the year."""
        assert expected == hours_of(a_calendar(), night)

    @pytest.mark.parametrize(
        ("hours", "night", "expected"),
        [
            # Clocks go back on 25 October 2026: 01:00 to 02:00 happens twice.
            (
                LocalWindow(time(1, 30), time(5)),
                date(2026, 10, 25),
                (utc(2026, 10, 25, 1, 30), utc(2026, 10, 25, 5)),
            ),
            (
                LocalWindow(time(0), time(1, 30)),
                date(2026, 10, 25),
                (utc(2026, 10, 24, 23), utc(2026, 10, 25, 0, 30)),
            ),
            (LocalWindow(time(1, 10), time(1, 50)), date(2026, 10, 25), None),
            # Clocks go forward on 28 March 2027: 01:00 to 02:00 does not happen.
            (
                LocalWindow(time(1, 30), time(5)),
                date(2027, 3, 28),
                (utc(2027, 3, 28, 1, 30), utc(2027, 3, 28, 4)),
            ),
            (
                LocalWindow(time(0), time(1, 30)),
                date(2027, 3, 28),
                (utc(2027, 3, 28), utc(2027, 3, 28, 0, 30)),
            ),
        ],
    )
    def test_a_doubtful_hour_shortens_the_window(
        self, hours: LocalWindow, night: date, expected: tuple[datetime, datetime] | None
    ) -> None:
        """It should begin later and end earlier rather than let a completion out of hours."""
        assert expected == hours_of(a_calendar(hours, hours), night)

    def test_the_end_is_not_inside(self) -> None:
        """It should hold its first moment and not its last."""
        window = window_of(a_calendar(), date(2026, 9, 15))

        assert window is not None
        assert (True, False) == (window.holds(window.start), window.holds(window.end))


class TestHolidays:
    def test_have_hours_of_their_own(self) -> None:
        """It should give a night that begins on a holiday the holiday's hours, or none."""
        monday, hours = date(2026, 8, 31), LocalWindow(time(10), time(16))
        calendar = Calendar("Europe/London", EVENING, DAY, frozenset({monday}), hours)

        assert (utc(2026, 8, 31, 9), utc(2026, 8, 31, 15)) == hours_of(calendar, monday)
        assert (utc(2026, 9, 1, 19), utc(2026, 9, 2, 5)) == hours_of(calendar, date(2026, 9, 1))
        assert hours_of(Calendar("Europe/London", EVENING, DAY, frozenset({monday})), monday) is None


class TestWindows:
    def test_none_begins_too_early(self) -> None:
        """It should begin with the first window at or after the moment asked for."""
        start = utc(2026, 9, 15, 19)

        at = next(windows(a_calendar(), not_before=start, days=10))
        after = next(windows(a_calendar(), not_before=start + timedelta(seconds=1), days=10))

        assert (date(2026, 9, 15), date(2026, 9, 16)) == (at.night, after.night)

    def test_no_hours_means_no_nights(self) -> None:
        """It should skip weekends where the calendar has none."""
        nights = [
            w.night.weekday() for w in windows(a_calendar(EVENING, None), not_before=utc(2026, 9, 1), days=30)
        ]

        assert {0, 1, 2, 3, 4} == set(nights)

    @given(
        st.times(timezones=st.none()),
        st.times(timezones=st.none()),
        st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    )
    def test_windows_are_real_and_in_order(self, start: time, end: time, not_before: datetime) -> None:
        """It should give only windows that end after they begin, one after the other, for any hours."""
        hours = LocalWindow(start, end)
        found = list(windows(a_calendar(hours, hours), not_before=not_before, days=8))

        assert all(not_before <= window.start < window.end for window in found)
        assert [w.night for w in found] == sorted({w.night for w in found})


def test_a_local_moment_that_happens_twice_is_the_first() -> None:
    """It should tell people early rather than late."""
    assert utc(2026, 10, 25, 0, 30) == local_moment("Europe/London", date(2026, 10, 25), time(1, 30))
