"""Graph's limits: token buckets of resource units and of writes, in virtual time (facts C22-C25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rehearsal.clock import VirtualClock
from rehearsal.graph.errors import Throttled
from rehearsal.graph.options import Options

SIZES = ((50, 3_500), (501, 5_000), (None, 8_000))
"""Resource units in ten seconds for tenants below so many users (fact C22)."""
NEAR = 0.8
MOST = 1.8
"""From where a limit is told, and how far refused requests can fill it (fact C24)."""
ALL = "all"


@dataclass
class Bucket:
    """*capacity* units that free again evenly over *period*; None is no limit."""

    capacity: int | None
    period: timedelta
    used: float = 0.0
    at: datetime | None = None

    def share(self, now: datetime) -> float:
        """How full the bucket is, 1 being full."""
        return self._level(now) / self.capacity if self.capacity else 0.0

    def take(self, cost: float, now: datetime, *, refused_count: bool) -> float | None:
        """Use up *cost* units; where there are too few, return the seconds until there will be enough."""
        if self.capacity is None:
            return None
        level = self._level(now)
        fits = level + cost <= self.capacity
        filled = level + cost if fits else min(level + cost, MOST * self.capacity) if refused_count else level
        self.used, self.at = filled, now
        if fits:
            return None
        rate = self.capacity / self.period.total_seconds()
        return (filled + cost - self.capacity) / rate

    def _level(self, now: datetime) -> float:
        if self.at is None or self.capacity is None:
            return 0.0
        freed = (now - self.at).total_seconds() * self.capacity / self.period.total_seconds()
        return max(self.used - freed, 0.0)


class Throttle:
    """Every bucket of one tenant; those of an application are made when it first calls."""

    def __init__(self, clock: VirtualClock, options: Options, tenant_id: str) -> None:
        self._clock = clock
        self._options = options
        self._tenant_id = tenant_id
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def charge(self, application: str, cost: int, *, writes: bool, users: int) -> float:
        """Charge a request to its application and return how full its fullest bucket is now.

        :raises Throttled: if one of them is full.
        """
        now = self._clock.now
        buckets = self._of(application, writes=writes, users=users)
        for bucket, units, scope, reason in buckets:
            price = cost if units else 1
            wait = bucket.take(price, now, refused_count=self._options.throttled_requests_count)
            if wait is not None:
                where = f"{scope}/{application}/{self._tenant_id}"
                raise Throttled(code=self._options.throttle_code, scope=where, reason=reason, wait=wait)
        return max(bucket.share(now) for bucket, *_ in buckets)

    def spend(self, kind: str, whose: str, units: float) -> None:
        """Use up units of a bucket that is there, as others would have: what they do is not in the rehearsal."""
        bucket = self._buckets[kind, whose]
        bucket.take(units, self._clock.now, refused_count=True)

    def mail(self, application: str, mailbox: str) -> None:
        """Charge a request to a mailbox (fact C25); raises `Throttled`."""
        bucket = self._bucket(f"mail {application}", mailbox, self._options.requests_of_a_mailbox, 600)
        wait = bucket.take(1, self._clock.now, refused_count=self._options.throttled_requests_count)
        if wait is not None:
            scope = f"Tenant_Application/ReadWrite/{application}/{mailbox}"
            reason = "RequestLimitExceeded"
            raise Throttled(code=self._options.throttle_code, scope=scope, reason=reason, wait=wait)

    def _of(self, application: str, *, writes: bool, users: int) -> list[tuple[Bucket, bool, str, str]]:
        """The buckets that a request counts in, whether by resource units, and what they are called."""
        size = next(units for below, units in SIZES if below is None or users < below)
        unlimited = self._options.units_in_ten_seconds == "unlimited"
        units = self._bucket("units", application, None if unlimited else size, 10)
        units.capacity = None if unlimited else size
        whole = self._bucket("requests", application, 130_000, 10)
        found = [
            (units, True, "Tenant_Application/ReadWrite", "ResourceUnitLimitExceeded"),
            (whole, False, "Application/ReadWrite", "RequestLimitExceeded"),
        ]
        if writes:
            mine = self._bucket("writes", application, self._options.writes_of_an_application, 150)
            tenant = self._bucket("writes", ALL, self._options.writes_of_the_tenant, 300)
            found.append((mine, False, "Tenant_Application/Write", "WriteLimitExceeded"))
            found.append((tenant, False, "Tenant/Write", "WriteLimitExceeded"))
        return found

    def _bucket(self, kind: str, whose: str, capacity: int | None, seconds: int) -> Bucket:
        return self._buckets.setdefault((kind, whose), Bucket(capacity, timedelta(seconds=seconds)))
