"""How many notices may go out now: never more in a minute, or in a day, than was granted."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

import msgspec

SPAN = timedelta(seconds=20)
"""A third of a minute: the service's bucket holds as much at once, and one must be left in it."""

SETTLED_AT_ONCE = 25
"""Notices that are reserved, sent and settled together: as many may have to be looked up after a kill."""


class Quota(msgspec.Struct, frozen=True):
    """Notices that may be sent in a minute, evenly, and in a day, from midnight UTC."""

    a_minute: int
    a_day: int


class Tally:
    """What was sent of a *quota*: *today* before this process began, and whatever it counts itself.

    What an earlier process sent just now is not known, so the first moments count as full of it.
    """

    def __init__(self, quota: Quota, now: datetime, today: int) -> None:
        self._quota = quota
        self._at_once = max(1, quota.a_minute // 3 - 1)
        self._day = now.date()
        self._today = today
        self._lately = deque([(now, self._at_once)] if today else [])

    def room(self, now: datetime) -> int:
        """How many may be sent at *now*."""
        if now.date() != self._day:
            self._day, self._today = now.date(), 0
        while self._lately and self._lately[0][0] <= now - SPAN:
            self._lately.popleft()
        at_once = self._at_once - sum(number for _, number in self._lately)
        return max(0, min(at_once, self._quota.a_day - self._today))

    def opens(self, now: datetime) -> datetime:
        """When there is room again, which there is none of *now*."""
        if self._today >= self._quota.a_day:
            return datetime.combine(self._day + timedelta(days=1), datetime.min.time(), now.tzinfo)
        return self._lately[0][0] + SPAN

    def count(self, now: datetime, number: int) -> None:
        """Count *number* offered at *now*, whether or not each was taken."""
        self._today += number
        self._lately.append((now, number))
