"""How busy the service is with the moves of other tenants (fact C6), as named profiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from rehearsal import draws

RESOURCES = ("MdbAvailability", "MdbReplication", "DiskLatency", "Processor", "BigFunnel")
"""What the service may run short of, as the names of stalls have it (fact B38)."""


@dataclass(frozen=True)
class Load:
    """One profile. Both times are log-normal; *spread* is the deviation of their natural logarithms.

    The part *waiting* of all moves waits to be picked up, half of those for more than *pickup_minutes*. The part
    *contended* is held up while it is copied, half of those for more than *stall_minutes*.
    """

    waiting: float
    pickup_minutes: float
    contended: float
    stall_minutes: float
    spread: float

    def pickup(self, seed: int, mailbox: str, attempt: int) -> timedelta:
        """Return how long the *attempt* to move a mailbox waits behind other tenants' moves."""
        if draws.uniform(seed, mailbox, "waits-for-pickup", attempt) >= self.waiting:
            return timedelta()
        return self._drawn(self.pickup_minutes, seed, mailbox, "pickup", attempt)

    def contention(self, seed: int, mailbox: str) -> float | None:
        """Return at which share of its bytes a move is held up, None if it is not."""
        if draws.uniform(seed, mailbox, "meets-contention") >= self.contended:
            return None
        return draws.uniform(seed, mailbox, "contended-at")

    def stall(self, seed: int, mailbox: str) -> timedelta:
        """Return for how long a move is held up."""
        return self._drawn(self.stall_minutes, seed, mailbox, "contention", 0)

    def _drawn(self, median: float, seed: int, mailbox: str, kind: str, n: int) -> timedelta:
        return timedelta(minutes=draws.log_normal(median, self.spread, seed, mailbox, kind, n))


LOADS: Mapping[str, Load] = {
    "none": Load(waiting=0, pickup_minutes=0, contended=0, stall_minutes=0, spread=0),
    # Invented, but so that stalls take more of a move's time than the 4.6 % of Microsoft's one example (peers 3).
    "usual": Load(waiting=0.25, pickup_minutes=30, contended=0.1, stall_minutes=60, spread=1.2),
    # Fact C2, all of it put down to waiting: half the mailboxes below 10 GB take a day, a tenth more than seven.
    "published": Load(waiting=1, pickup_minutes=1440, contended=0, stall_minutes=0, spread=1.518),
}
