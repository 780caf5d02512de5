"""Virtual time: it moves only when somebody asks, and runs what falls due on the way, in order."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime

Action = Callable[[], None]


class ClockMovedBackwards(ValueError):
    """Somebody asked for a time before now."""

    def __init__(self, *, now: datetime, asked: datetime) -> None:
        self.now = now
        self.asked = asked
        super().__init__(f"the clock stands at {now.isoformat()} and cannot go back to {asked.isoformat()}")


class VirtualClock:
    """A clock in UTC with a queue of things to do later.

    Two actions due at the same moment run in the order in which they were asked for, so a run is repeatable.
    """

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._queue: list[tuple[datetime, int, Action]] = []
        self._asked = 0

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._now

    def call_at(self, when: datetime, action: Action) -> None:
        """Run *action* when time reaches *when*; a moment already past means at the next advance."""
        self._asked += 1
        heapq.heappush(self._queue, (max(when, self._now), self._asked, action))

    def advance_to(self, when: datetime) -> None:
        """Move to *when*, running every action due on the way at its own moment."""
        if when < self._now:
            raise ClockMovedBackwards(now=self._now, asked=when)
        while self._queue and self._queue[0][0] <= when:
            due, _, action = heapq.heappop(self._queue)
            self._now = due
            action()
        self._now = when
