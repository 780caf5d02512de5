"""Turns: threads that each carry one course, of which one works at a time, in an order that does not depend on luck."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from threading import Condition, Lock

from mailwave.core.courses import EARLIEST, NEVER

ARRIVAL_SECONDS = 60.0
"""How long a course that was begun may take until its thread is there; a second or two are usual after a kill."""


class Abandoned(BaseException):
    """Ends the thread of a course as a kill would end it: nothing more is recorded of it."""


class NotArrived(Exception):
    """The engine never ran the *courses* that it had accepted."""

    def __init__(self, *, courses: list[str]) -> None:
        self.courses = tuple(courses)
        super().__init__(
            f"{len(courses)} courses were begun and not carried on, the first {courses[0]}; "
            "another program of the same name may have taken them"
        )


class Turns:
    """Who works now, and when each of the others is due."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._changed = Condition(self._lock)
        self._turns = defaultdict[str, Condition](lambda: Condition(self._lock))
        """One for each course: were it one for all, each of many threads would wake at every turn of another."""

        self._order: dict[str, int] = {}
        self._waiting: dict[str, datetime] = {}
        self._expected: set[str] = set()
        self._ended: list[str] = []
        self._working: str | None = None
        self._error: BaseException | None = None
        self._closed = False

    # --- the thread that gives turns

    def expect(self, course: str) -> None:
        """The thread of *course* will come; its place is after those that were expected before."""
        with self._changed:
            self._order.setdefault(course, len(self._order))
            if course not in self._waiting:
                self._expected.add(course)

    def give(self, now: datetime) -> datetime:
        """Give each course that is due at *now* its turn; return when the next one is due.

        Raises:
            NotArrived: a course that was expected did not come.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: not self._expected, ARRIVAL_SECONDS):
                raise NotArrived(courses=sorted(self._expected))
            for course in sorted(self._waiting, key=self._place):
                if self._waiting.get(course, NEVER) <= now:
                    self._let(course)
            return min(self._waiting.values(), default=NEVER)

    def ended(self) -> list[str]:
        """The courses that have ended since this was asked last."""
        with self._changed:
            ended, self._ended = self._ended, []
        return ended

    def close(self) -> None:
        """End every thread where it waits."""
        with self._changed:
            self._closed = True
            for turn in self._turns.values():
                turn.notify_all()

    def _let(self, course: str) -> None:
        del self._waiting[course]
        self._working = course
        self._turns[course].notify_all()
        self._changed.wait_for(lambda: self._working is None)
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _place(self, course: str) -> tuple[int, str]:
        return self._order.get(course, len(self._order)), course

    # --- the threads of the courses

    def arrive(self, course: str) -> None:
        """The thread of *course* is there, and waits for its first turn."""
        self._wait(course, EARLIEST)

    def pause(self, course: str, due: datetime) -> None:
        """*course* has nothing to do until *due*; wait for the turn after that."""
        self._wait(course, due)

    def leave(self, course: str, error: BaseException | None = None) -> None:
        """*course* has ended, or cannot go on because of *error*, which is raised where turns are given."""
        with self._changed:
            self._expected.discard(course)
            self._order.pop(course, None)
            if self._working == course:
                self._working, self._error = None, error
            self._changed.notify_all()

    def end(self, course: str) -> None:
        """*course* has taken its last step."""
        self._ended.append(course)
        self.leave(course)

    def _wait(self, course: str, due: datetime) -> None:
        with self._changed:
            self._expected.discard(course)
            self._waiting[course] = due
            if self._working == course:
                self._working = None
            self._changed.notify_all()
            self._turns[course].wait_for(lambda: self._closed or self._working == course)
            if self._closed and self._working != course:
                raise Abandoned
