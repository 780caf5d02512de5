"""The governor: from readings of all endpoints to what is to be set on each. It holds nothing but the estimates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mailwave.core.governor.capacity import Estimate, learned
from mailwave.core.governor.readings import Bounds, Limits, Reading
from mailwave.core.governor.sharing import Ask, shared

NEAR = 0.05
"""The part of an endpoint's slots by which both pools together must change for anything to be set."""


@dataclass(frozen=True)
class Governor:
    """What is learnt of the sites so far, by the endpoints' names; *bounds* are what the stack allows on each.

    *usual* is the bytes a minute of one unhindered move, as the environment's limits have it: until a site has shown
    its own, it is held to that, for a site that is too full from the first reading on looks as if it were slow.
    """

    bounds: Mapping[str, Bounds]
    usual: float | None = None
    estimates: Mapping[str, Estimate] = field(default_factory=dict)

    def governed(self, seen: Mapping[str, Reading], tenant: int) -> tuple[Governor, dict[str, Limits]]:
        """What is learnt from what was *seen*, and the limits that follow for every endpoint that was.

        *tenant* is how many migrations the tenant may have at once, over all its endpoints (fact B4). An endpoint that
        was not read keeps what it has, which the caller takes off *tenant*.

        Raises:
            KeyError: an endpoint was read that has no bounds: a stack does not own it.
            TooLittle: the minimums are more than *tenant*.
        """
        estimates = {
            site: learned(self._estimate(site, reading), reading, self.bounds[site].both)
            for site, reading in seen.items()
        }
        wanted = {site: wants(estimates[site].carries, seen[site], self.bounds[site]) for site in seen}
        given = shared(
            tenant,
            {
                site: Ask(self.bounds[site].migrations.minimum, wanted[site].migrations, seen[site].left)
                for site in seen
            },
        )
        limits = {site: _under(given[site], wanted[site]) for site in seen}
        limits = self._steadied(limits, {site: reading.live for site, reading in seen.items()}, tenant)
        return replace(self, estimates={**self.estimates, **estimates}), limits

    def _steadied(
        self, limits: Mapping[str, Limits], live: Mapping[str, Limits], tenant: int
    ) -> dict[str, Limits]:
        """*limits*, but what is set *live* where that may stay, is hardly different, and leaves the *tenant* slots.

        Who waits in each pool is another number at each reading; to follow it gains nothing, and is a call.
        """
        steady = {
            site: live[site] if _is_near(live[site], new) and self.bounds[site].allow(live[site]) else new
            for site, new in limits.items()
        }
        return steady if sum(each.migrations for each in steady.values()) <= tenant else dict(limits)

    def _estimate(self, site: str, seen: Reading) -> Estimate:
        """What is believed of *site*; at first, that what is set on it is right."""
        live = self.bounds[site].both.within(seen.live.migrations + seen.live.increments)
        return self.estimates.get(site, Estimate(live, self.usual))


def wants(carries: int, seen: Reading, bounds: Bounds) -> Limits:
    """How a site that *carries* so many moves is best parted between the pools.

    Slots for the last sync of what is pre-synced and due come first: whoever was told a night must not wait for
    another's first copy. Exchange wants no more of them than of migrations (fact B2), so copies that wait have a part,
    too; a site without such copies may give up all of it.
    """
    due, copies = seen.syncing + seen.to_sync, seen.copying + seen.to_copy
    kept = min(due, max(carries - copies, carries // 2))
    increments = bounds.increments.within(kept)
    migrations = bounds.migrations.within(max(increments, carries - min(increments, due)))
    return Limits(migrations, min(increments, migrations))


def _is_near(live: Limits, new: Limits) -> bool:
    apart = abs(live.migrations - new.migrations) + abs(live.increments - new.increments)
    return apart <= NEAR * (live.migrations + live.increments)


def _under(migrations: int, wanted: Limits) -> Limits:
    return Limits(migrations, min(wanted.increments, migrations))


@dataclass(frozen=True)
class Change:
    """One endpoint's limits, as they are and as they are to be."""

    endpoint: str
    old: Limits
    new: Limits


def changes(seen: Mapping[str, Reading], limits: Mapping[str, Limits]) -> list[Change]:
    """What is to be set, lower values first: what one gives up must be free before another has it (fact B4)."""
    found = [
        Change(endpoint, seen[endpoint].live, new)
        for endpoint, new in sorted(limits.items())
        if new != seen[endpoint].live
    ]
    return sorted(found, key=lambda change: change.new.migrations - change.old.migrations)
