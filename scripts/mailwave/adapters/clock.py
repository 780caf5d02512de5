"""Time: the machine's own, or the one that a rehearsed estate shares."""

from __future__ import annotations

import time
from datetime import UTC, datetime

LONGEST_NAP_SECONDS = 60.0
"""A long sleep is taken in naps, so that a clock that was set meanwhile is noticed."""


class ClockUnreachable(Exception):
    """The rehearsal's clock at *url* does not answer."""

    def __init__(self, *, url: str, why: str) -> None:
        self.url = url
        self.why = why
        super().__init__(f"the rehearsal's clock at {url} does not answer: {why}")


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    def sleep_until(self, when: datetime) -> None:
        """Return once *when* has come."""
        while (seconds := (when - self.now()).total_seconds()) > 0:
            time.sleep(min(seconds, LONGEST_NAP_SECONDS))

    def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        time.sleep(seconds)


class SharedClock:
    """The clock at *url*, which moves only when somebody sleeps: whoever sleeps moves it for all."""

    def __init__(self, url: str) -> None:
        import httpx2  # takes a tenth of a second, and only a rehearsal has this clock

        self._url = url
        self._http = httpx2.Client()
        self._failed = httpx2.HTTPError

    def now(self) -> datetime:
        """The present moment of the estate, in UTC."""
        return self._told("GET", None)

    def sleep_until(self, when: datetime) -> None:
        """Move the estate's time on to *when*; a moment already past moves nothing."""
        self._told("POST", {"until": when.isoformat()})

    def sleep(self, seconds: float) -> None:
        """Move the estate's time on by *seconds*."""
        now = self.now()
        self.sleep_until(datetime.fromtimestamp(now.timestamp() + seconds, UTC))

    def _told(self, method: str, body: dict[str, str] | None) -> datetime:
        try:
            answer = self._http.request(method, self._url, json=body)
            answer.raise_for_status()
        except self._failed as error:
            raise ClockUnreachable(url=self._url, why=str(error) or type(error).__name__) from error
        return datetime.fromisoformat(answer.json()["now"])
