"""Durable execution that forgets: for virtual time at full size, where the ledger alone is asked after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from mailwave.core.courses import EARLIEST, NEVER, Step
from mailwave.ports.durable import Find, Held


class MemoryDurable:
    """Carries courses in the thread that asks for a turn."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._left: dict[str, list[Step]] = {}
        self._due: dict[str, datetime] = {}
        self._ended: set[str] = set()

    def begin(self, course: str, *, anew: bool = True, shared: bool = False) -> Held:
        """Begin the course with this id; one that was begun goes on, one that has ended begins only *anew*."""
        if course not in self._left:
            if course in self._ended and not anew:
                return Held.ENDED
            self._left[course] = list(self._find(course).steps)
            self._due[course] = EARLIEST
        return Held.HERE

    def turn(self, now: datetime) -> datetime:
        """Let every course that is due go on as far as it can; return when the next one is due."""
        for course in [course for course, due in self._due.items() if due <= now]:
            self._go_on(course)
        return min(self._due.values(), default=NEVER)

    def _go_on(self, course: str) -> None:
        steps = self._left[course]
        while steps:
            due = steps[0].take()
            if due is not None:
                self._due[course] = due
                return
            del steps[0]
        del self._left[course], self._due[course]
        self._ended.add(course)


@contextmanager
def in_memory(find: Find) -> Iterator[MemoryDurable]:
    """Durable execution of the courses that *find* finds, for the time of the block."""
    yield MemoryDurable(find)
