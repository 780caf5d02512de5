"""The calls of a run, and the plain loop that makes them again: no ledger, no plan, no decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from bench.evening.outside import Clock, Outside


class Made(NamedTuple):
    """One call: when, of what, and with what."""

    at: datetime
    name: str
    arguments: tuple[Any, ...]
    named: dict[str, Any]


class Tape:
    """An outside whose calls are kept in *made*, in their order."""

    def __init__(self, inner: Outside, now: Callable[[], datetime]) -> None:
        self.made: list[Made] = []
        self._inner = inner
        self._now = now

    def __getattr__(self, name: str) -> Any:
        """The same of the outside, written down."""
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            kept = tuple(list(each) if hasattr(each, "__next__") else each for each in arguments)
            self.made.append(Made(self._now(), name, kept, named))
            return found(*kept, **named)

        return call


def again(made: list[Made], outside: Outside, clock: Clock) -> None:
    """Make the calls *made* once more, at their moments."""
    for at, name, arguments, named in made:
        clock.sleep_until(at)
        getattr(outside, name)(*arguments, **named)
