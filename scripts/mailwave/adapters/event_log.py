"""Events as lines of JSON: one object a line, in the log that the platform's alert rules count in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from mailwave.core.events import Event, unnamed

VARIABLE = "MAILWAVE_EVENTS"
"""Where events are written: `stderr`, which is a runner's console log, or the path of a file; without it nowhere."""

CONSOLE = "stderr"


class Line(msgspec.Struct, frozen=True):
    """One line: *event* is its kind, *at* the moment in UTC; no address is in its *text*."""

    event: str
    at: str
    environment: str
    subject: str
    text: str


@dataclass(frozen=True)
class EventLog:
    """Writes each event of *environment* to *where* at once; *now* tells the time."""

    where: str
    environment: str
    now: Callable[[], datetime]

    def __call__(self, event: Event) -> None:
        """Write one line; a file that cannot be written raises OSError."""
        line = Line(
            event.kind.value, self.now().isoformat(), self.environment, event.subject, unnamed(event.text)
        )
        text = f"{msgspec.json.encode(line).decode()}\n"
        if self.where == CONSOLE:
            sys.stderr.write(text)
            sys.stderr.flush()
            return
        with Path(self.where).open("a", encoding="utf-8") as file:
            file.write(text)
