"""The ceiling on what the synchronisation may write (fact C13)."""

from __future__ import annotations

from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)


class WriteCeiling:
    """At most *most* writes in five minutes, counted from the first of them; None is no ceiling."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._opened: datetime | None = None
        self._written = 0

    def take(self, now: datetime) -> bool:
        """Count a write at *now*, and tell whether it may be made."""
        if self._opened is None or now >= self._opened + WINDOW:
            self._opened, self._written = now, 0
        if self._most is not None and self._written >= self._most:
            return False
        self._written += 1
        return True

    def frees(self, now: datetime) -> datetime:
        """When the next write may be made."""
        return now if self._opened is None else self._opened + WINDOW
