"""Courses: what is done to a wave or to a batch, as numbered steps that are each carried to their end once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

EARLIEST = datetime.min.replace(tzinfo=UTC)
"""When a course that was just begun is due."""

NEVER = datetime.max.replace(tzinfo=UTC)
"""When a course is due of which nothing more is to be done in this run."""


@dataclass(frozen=True)
class Step:
    """One step. *take* does what is due now, and returns when to look again, or None once the step has ended.

    It may be taken again after it ended, where the process was killed before that was recorded: it does nothing twice.
    """

    name: str
    take: Callable[[], datetime | None]


@dataclass(frozen=True)
class Course:
    """The steps of one wave or batch in their order; the *id* is the same whenever, and by whomever, it is begun."""

    id: str
    steps: Sequence[Step]
