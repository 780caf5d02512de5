"""How many e-mails the service takes: a bucket that refills through the minute, and a count that ends at midnight."""

from __future__ import annotations

from datetime import date, datetime

from rehearsal.notify.errors import Refusal
from rehearsal.notify.options import NotifyOptions


class Limits:
    """The two limits of one live key, as *options* has them."""

    def __init__(self, options: NotifyOptions) -> None:
        self._options = options
        self._tokens = float(options.burst)
        self._filled: datetime | None = None
        self._day: date | None = None
        self._today = 0

    def take(self, now: datetime, *, throttled: bool) -> None:
        """Count one request to send at *now*; raise Refusal at a limit, or when it is *throttled* anyway."""
        self._refill(now)
        if throttled or (self._options.token_bucket and self._tokens < 2):  # one must be left afterwards
            raise self._refusal(self._minute_text())
        self._tokens -= 1
        if now.date() != self._day:
            self._day, self._today = now.date(), 0
        if self._options.day_limit and self._today >= self._options.per_day:
            kind = "TooManyRequestsError" if self._options.two_kinds_of_429 else "RateLimitError"
            raise self._refusal(f"Exceeded send limits (email: {self._options.per_day}) for today", kind)

    def sent(self) -> None:
        """Count one e-mail of today."""
        self._today += 1

    def _refill(self, now: datetime) -> None:
        if self._filled is not None:
            came = (now - self._filled).total_seconds() * self._options.per_minute / 60
            self._tokens = min(float(self._options.burst), self._tokens + came)
        self._filled = now

    def _minute_text(self) -> str:
        return f"Exceeded rate limit for key type live of {self._options.per_minute} requests per 60 seconds"

    def _refusal(self, text: str, kind: str = "RateLimitError") -> Refusal:
        headers = {} if self._options.says_no_time else {"retry-after": "60"}
        return Refusal(429, kind, text, headers)
