"""Where a process may be killed: before and after everything that outlives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Killed(BaseException):
    """The end of a process, as far as one process can end inside another: nothing of ours catches it."""

    def __init__(self, *, n: int, where: str) -> None:
        self.n = n
        self.where = where
        super().__init__(f"killed at boundary {n}: {where}")


class Boundary:
    """Counts durable boundaries from 1 and kills at the one called *kill_at*; None kills nowhere."""

    def __init__(self, kill_at: int | None = None) -> None:
        self.kill_at = kill_at
        self.passed = 0

    def cross(self, where: str) -> None:
        """Pass one boundary, or die there."""
        self.passed += 1
        if self.passed == self.kill_at:
            raise Killed(n=self.passed, where=where)

    def around[Result](self, what: str, act: Callable[[], Result]) -> Result:
        """Do *act* between two boundaries: one before its effect, one after."""
        self.cross(f"before {what}")
        result = act()
        self.cross(f"after {what}")
        return result


class Guarded:
    """Anything whose methods called *writes* leave something behind: each is done between two boundaries."""

    def __init__(self, inner: object, writes: frozenset[str], boundary: Boundary) -> None:
        self._inner = inner
        self._writes = writes
        self._boundary = boundary

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._writes:
            return found

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._boundary.around(name, lambda: found(*args, **kwargs))

        return call
