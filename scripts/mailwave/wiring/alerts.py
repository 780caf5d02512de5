"""Where what somebody may have to be woken for is announced."""

from __future__ import annotations

import os
from collections.abc import Callable

from mailwave.adapters.event_log import VARIABLE, EventLog
from mailwave.core.events import Announce, Event, Kind, nowhere
from mailwave.wiring.settings import Settings


def announcing(settings: Settings) -> Announce:
    """Where events go: to the log that is asked for by `MAILWAVE_EVENTS`, or nowhere."""
    where = os.environ.get(VARIABLE)
    return EventLog(where, settings.environment, settings.clock().now) if where else nowhere


def throttled(announce: Announce) -> Callable[[str], None]:
    """What is told of each cmdlet that Exchange Online has put off."""
    return lambda cmdlet: announce(Event(Kind.THROTTLED, cmdlet, "put off by Exchange Online (429)"))
