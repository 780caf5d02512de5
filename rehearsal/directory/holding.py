"""When users held a licence with Exchange: what decides whether their mailboxes stay (fact B51)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Held:
    """A licence with an Exchange plan was held *since* then, *until* None while it still is."""

    since: datetime
    until: datetime | None = None


class Holding:
    """The times in which each user held such a licence, oldest first."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Held, ...]] = {}

    def of(self, key: str) -> tuple[Held, ...]:
        """The times of the user *key*; empty for one who never held any."""
        return self._held.get(key, ())

    def note(self, key: str, now: datetime, *, holds: bool) -> None:
        """Keep whether the user *key* holds one from *now* on."""
        before = self._held.get(key, ())
        held = bool(before) and before[-1].until is None
        if holds and not held:
            self._held[key] = (*before, Held(now))
        elif held and not holds:
            self._held[key] = (*before[:-1], Held(before[-1].since, now))
