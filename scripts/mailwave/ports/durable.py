"""What the runbook of a wave needs of durable execution."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from enum import Enum
from typing import Protocol

from mailwave.core.courses import Course

Find = Callable[[str], Course]
"""The course with an id, made anew wherever it is carried on."""


class Held(Enum):
    """Who has a course after it was begun."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    ENDED = "ended"


class Durable(Protocol):
    """Carries courses step by step, and remembers which steps have ended.

    What it remembers may be lost: the ledger says what is true, and a step that was taken already ends at once.
    """

    def begin(self, course: str, *, anew: bool = True, shared: bool = False) -> Held:
        """Begin the course with this id, go on with it where it was left, or take it over from a dead worker.

        One that has ended begins only *anew*. One that is *shared* and that nobody has begun is left elsewhere, for
        those workers that have less.
        """
        ...

    def turn(self, now: datetime) -> datetime:
        """Let every course that is due go on as far as it can, one after the other, in the order they were begun.

        Return when the next one is due, `NEVER` where none is any more. What a step raises is raised here, and the step
        has not ended.
        """
        ...


Durably = Callable[[Find], AbstractContextManager[Durable]]
"""Opens durable execution for the courses that can be found."""
