"""The mover as a queue, a minute at a time: slots of two pools, a source and a target that take so much and no more.

A move keeps its slot until it ends, whatever is set meanwhile. What is above what a source carries does not run; and it
costs: up to half of what the others would do, for databases, content index and lines serve stalled moves, too.
What is above what the target takes waits and costs nothing (fact B39).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.governed.nights import LENGTH, Night, Site

LOST = 0.5
"""The part of a source's work that is lost when twice as many moves hold slots as it carries."""

LOOK = 5
"""Minutes between readings; a limit that is set reaches the queue a minute later (facts B7, B41)."""

SAMPLED = 20
"""Moves of a site whose details are read."""

UNEVEN = 0.3
"""Deviation of the logarithm of one move's pace."""

Pools = tuple[int, int]
"""MaxConcurrentMigrations and MaxConcurrentIncrementalSyncs, or what there is of their users."""


@dataclass(frozen=True)
class Seen:
    """What a reading of one site shows; *details* counts the StatusDetail of a few, *pace* is the mean of theirs."""

    live: Pools
    active: Pools
    waiting: Pools
    left: float
    details: Mapping[str, int]
    pace: float | None


class NotAllowed(Exception):
    """The service refuses these limits (facts B2 and B4)."""

    def __init__(self, *, limits: Mapping[str, Pools], tenant: int) -> None:
        self.limits = limits
        self.tenant = tenant
        super().__init__(f"with {tenant} slots, {dict(limits)} cannot be set")


class Mover:
    """One site's slots. Moves are in the order in which they got their slots: who came last, stalls first."""

    def __init__(self, site: Site, limits: Pools) -> None:
        self.site = site
        self.limits = limits
        self.queues = [site.copies, site.deltas]
        self.left: NDArray[np.float64] = np.empty(0)
        self.pool: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.share = 1.0
        self.fill()

    @property
    def active(self) -> Pools:
        """The slots in use of each pool."""
        deltas = int(self.pool.sum())
        return len(self.pool) - deltas, deltas

    @property
    def waiting(self) -> Pools:
        """Who waits for a slot of each pool."""
        return len(self.queues[0]), len(self.queues[1])

    @property
    def work(self) -> float:
        """The minutes that are left."""
        return float(self.left.sum() + self.queues[0].sum() + self.queues[1].sum())

    def fill(self) -> None:
        """Give free slots to those who wait."""
        for pool, (limit, active) in enumerate(zip(self.limits, self.active, strict=True)):
            taken = self.queues[pool][: max(0, limit - active)]
            self.queues[pool] = self.queues[pool][len(taken) :]
            self.left = np.append(self.left, taken)
            self.pool = np.append(self.pool, np.full(len(taken), pool))

    def running(self, carries: int) -> int:
        """How many of those with a slot the source lets run."""
        return min(len(self.left), carries)

    def work_on(self, carries: int, target: float) -> None:
        """One minute of work; the target takes so large a part, from 0 to 1, of what runs."""
        holders = len(self.left)
        if not holders:
            return
        over = max(0, holders - carries) / max(1, carries)
        pace = target * (1 - LOST * min(1.0, over))
        if self.site.stalls:
            self.left[:carries] -= pace
        else:
            self.left -= pace * min(1.0, carries / holders)
        going = self.left > 0
        self.left, self.pool = self.left[going], self.pool[going]

    def seen(self, carries: int, target: float, draws: np.random.Generator) -> Seen:
        """What a reading shows of it."""
        holders = len(self.left)
        looked = min(holders, SAMPLED)
        flowing = self.running(carries)
        stalled = int(draws.hypergeometric(holders - flowing, flowing, looked)) if looked else 0
        slow = 1.0
        if not self.site.stalls:
            slow, stalled = flowing / max(1, holders), 0
        over = max(0, holders - carries) / max(1, carries)
        held = int(draws.binomial(looked - stalled, 1 - target))
        going = looked - stalled - held
        paces = draws.lognormal(0.0, UNEVEN, going) * slow * (1 - LOST * min(1.0, over))
        return Seen(
            self.limits,
            self.active,
            self.waiting,
            self.work,
            {
                "StalledDueToSource_DiskLatency": stalled,
                "StalledDueToTarget_Processor": held,
                "CopyingMessages": going,
            },
            float(paces.mean()) * self.site.pace if going else None,
        )


Setting = Callable[[int, Mapping[str, Seen], int], Mapping[str, Pools]]
"""Who sets limits: from the minute, what is seen of each site, and the tenant's slots."""


@dataclass(frozen=True)
class Lived:
    """How a night went: the minutes until all was *done*, and until all that was pre-synced was; every limit *set*."""

    done: int
    deltas_done: int
    set: list[tuple[int, Mapping[str, Pools]]]


def live(night: Night, setting: Setting, first: Pools, every: int = LOOK) -> Lived:
    """Live *night* with what *setting* says *every* so many minutes; all endpoints begin with *first*.

    Raises:
        NotAllowed: it set what the service refuses.
    """
    draws = np.random.default_rng((night.seed, 1))
    movers = {site.name: Mover(site, first) for site in night.sites}
    deltas_done, history = 0, []
    limits: Mapping[str, Pools] = {}
    for minute in range(LENGTH):
        shares = _shares(movers, night, minute)
        if minute % every == 0:
            seen = {
                name: mover.seen(int(mover.site.carries[minute]), shares, draws)
                for name, mover in movers.items()
            }
            limits = setting(minute, seen, int(night.tenant[minute]))
            _refuse(limits, int(night.tenant[minute]))
            history.append((minute, limits))
        for name, mover in movers.items():
            mover.work_on(int(mover.site.carries[minute]), shares)
            mover.limits = limits[name]
            mover.fill()
        if any(mover.active[1] or mover.waiting[1] for mover in movers.values()):
            deltas_done = minute + 1
        if not any(sum(mover.active) or sum(mover.waiting) for mover in movers.values()):
            return Lived(minute + 1, deltas_done + 1, history)
    return Lived(LENGTH, deltas_done, history)


def _shares(movers: Mapping[str, Mover], night: Night, minute: int) -> float:
    """The part of what runs that the target takes."""
    running = sum(mover.running(int(mover.site.carries[minute])) for mover in movers.values())
    return min(1.0, float(night.target[minute]) / max(1, running))


def _refuse(limits: Mapping[str, Pools], tenant: int) -> None:
    """Refuse more increments than migrations, nothing at all, and more migrations than the tenant has."""
    wrong = any(increments > migrations or increments < 1 for migrations, increments in limits.values())
    if wrong or sum(migrations for migrations, _ in limits.values()) > tenant:
        raise NotAllowed(limits=limits, tenant=tenant)
