"""What a run shows of itself while it works: to whoever operates it, and never of whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Telemetry(Protocol):
    """Watches a run. Nothing that it is told names a person: courses, steps, batches and cmdlets do not."""

    def turn(self, course: str, step: str) -> AbstractContextManager[None]:
        """Watch one turn of the *step* of a *course*."""
        ...

    def pulse(self) -> None:
        """Show how things stand, after every due course had its turn."""
        ...


class Unwatched:
    """Watches nothing."""

    @contextmanager
    def turn(self, course: str, step: str) -> Iterator[None]:
        """See `Telemetry`."""
        del course, step
        yield

    def pulse(self) -> None:
        """See `Telemetry`."""
