"""When completions may begin: local hours of some zone, turned into UTC intervals.

A night is named by the local day it begins on. An hour that a change of clocks repeats or skips is read so that the
window is shorter, never longer. What bars some nights, to some or to all, is in `mailwave.core.placement.season`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

_SATURDAY = 5


class LocalWindow(msgspec.Struct, frozen=True):
    """Local hours; an *end* that is not after the *start* is on the next day."""

    start: time
    end: time


class Calendar(msgspec.Struct, frozen=True):
    """The windows of nights that begin on Monday to Friday and on Saturday or Sunday; None means none.

    Nights that begin on one of *holidays* have the window *holiday*.
    """

    zone: str
    weekday: LocalWindow | None
    weekend: LocalWindow | None
    holidays: frozenset[date] = frozenset()
    holiday: LocalWindow | None = None


class Window(msgspec.Struct, frozen=True):
    """One night's window: from *start* up to, but not including, *end*, both UTC."""

    night: date
    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a completion may begin at *moment*."""
        return self.start <= moment < self.end


def window_of(calendar: Calendar, night: date) -> Window | None:
    """The window of the night that begins on the local day *night*; None when it has none."""
    hours = _hours(calendar, night)
    if hours is None:
        return None
    last_day = night if hours.end > hours.start else night + timedelta(days=1)
    start = max(_readings(calendar.zone, night, hours.start))
    end = min(_readings(calendar.zone, last_day, hours.end))
    return Window(night, start, end) if start < end else None


def _hours(calendar: Calendar, night: date) -> LocalWindow | None:
    if night in calendar.holidays:
        return calendar.holiday
    return calendar.weekend if night.weekday() >= _SATURDAY else calendar.weekday


def windows(calendar: Calendar, *, not_before: datetime, days: int) -> Iterator[Window]:
    """The windows that begin at or after *not_before*, on that local day and the *days* after it, in order."""
    first = not_before.astimezone(ZoneInfo(calendar.zone)).date()
    for n in range(days + 1):
        window = window_of(calendar, first + timedelta(days=n))
        if window is not None and window.start >= not_before:
            yield window


def local_moment(zone: str, day: date, at: time) -> datetime:
    """The UTC moment of the local time *at* on *day*; the earlier one where clocks are changed."""
    return min(_readings(zone, day, at))


def _readings(zone: str, day: date, at: time) -> tuple[datetime, datetime]:
    """What a local time can mean in UTC: twice the same, but for hours that a change of clocks repeats or skips."""
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
