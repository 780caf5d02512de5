"""The rate headers of the admin endpoint. Their names were seen; their numbers are invented (facts A28, A29)."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from rehearsal.clock import VirtualClock
from rehearsal.exchange_online.values import moment
from rehearsal.wire import Reply

BUDGET = 3000
"""Calls in a window; nobody is refused for using them up, since no limit is published."""
WINDOW = timedelta(minutes=5)


class RateMeter:
    """Counts the calls of each window of virtual time and tells them in the headers of every answer."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._ends = clock.now + WINDOW
        self._used = 0

    def stamped(self, reply: Reply) -> Reply:
        """Count one call and return its answer with the rate headers."""
        if self._clock.now >= self._ends:
            self._ends, self._used = self._clock.now + WINDOW, 0
        self._used += 1
        rates = {
            "rate-limit-remaining": str(max(BUDGET - self._used, 0)),
            "rate-limit-reset": moment(self._ends),
        }
        return msgspec.structs.replace(reply, headers=reply.headers | rates)
