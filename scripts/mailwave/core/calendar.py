"""When completions may begin: local hours of some zone, turned into UTC intervals.

A night is named by the local day it begins on. An hour that a change of clocks repeats or skips is read so that the
window is shorter, never longer. A window that touches a blacked-out day does not exist.
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


class Blackout(msgspec.Struct, frozen=True):
    """Local days, both included, that no window may touch."""

    first: date
    last: date


class Calendar(msgspec.Struct, frozen=True):
    """The windows of nights that begin on Monday to Friday and on Saturday or Sunday; None means none."""

    zone: str
    weekday: LocalWindow | None
    weekend: LocalWindow | None
    blackouts: tuple[Blackout, ...] = ()


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
    hours = calendar.weekend if night.weekday() >= _SATURDAY else calendar.weekday
    if hours is None:
        return None
    last_day = night if hours.end > hours.start else night + timedelta(days=1)
    touched = night if hours.end == time(0) else last_day
    if any(blackout.first <= touched and night <= blackout.last for blackout in calendar.blackouts):
        return None
    start = max(_readings(calendar.zone, night, hours.start))
    end = min(_readings(calendar.zone, last_day, hours.end))
    return Window(night, start, end) if start < end else None


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
