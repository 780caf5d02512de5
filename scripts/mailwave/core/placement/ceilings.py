"""Each granted limit as a bucket over the nights of a season.

A mailbox takes of two capacities (docs/decisions/0010): its bytes are copied in the days of notice, and it completes in
one night. So limits are of three sorts: *nightly* ones hold for each night by itself; what is copied *ahead* fills up
day by day, no longer than mailboxes may be held synced; a *stock*, such as licences, is used up once.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from mailwave.core.governor.costs import CALLS_A_MAILBOX
from mailwave.core.notices import A_NIGHT
from mailwave.core.placement.granted import Grant, Granted
from mailwave.core.placement.problem import Numbers
from mailwave.core.placement.season import Season
from mailwave.core.population import Population

WRITES_A_MAILBOX = 4
"""Directory writes that a move takes: its licence's group, two attributes written back, and one to spare. Nothing is
published; a pilot must count them."""

DAY, HOURS, MINUTES = 86_400, 24, 1_440
"""Seconds, hours and minutes of a day."""

FIVE_MINUTES = MINUTES // 5
"""The directory's ceiling is for five minutes (fact C13); so many of them make a day."""

SATURDAY = 5


class Sort(StrEnum):
    """How a limit fills up again."""

    NIGHTLY = "a night"
    AHEAD = "copied ahead"
    STOCK = "in all"


class Unit(StrEnum):
    """What a limit counts."""

    MAILBOXES = "mailboxes"
    BYTES = "bytes"


class Over(StrEnum):
    """Whose mailboxes a limit counts: everybody's, or those of some sites or databases."""

    ALL = "all"
    SITES = "sites"
    DATABASES = "databases"


class Column(NamedTuple):
    """Whose mailboxes one bucket counts, and how: *members* are places in the population's sites or databases."""

    sort: Sort
    unit: Unit
    over: Over
    members: tuple[int, ...]


FIRST = Column(Sort.NIGHTLY, Unit.MAILBOXES, Over.ALL, ())
"""The mailboxes of a night."""


class Bucket(NamedTuple):
    """One limit called *name*, as a bucket; *refill* and *depth* have a figure a night."""

    name: str
    column: Column
    refill: Numbers
    depth: Numbers


class Held(NamedTuple):
    """What is held of the mailboxes: how many there are and their bytes, by site and by database."""

    site_count: Numbers
    site_bytes: Numbers
    database_bytes: Numbers

    @classmethod
    def of(cls, population: Population) -> Held:
        """The sums of *population*."""
        sites, databases = len(population.sites), len(population.databases)
        return cls(
            np.bincount(population.site, minlength=sites),
            np.bincount(population.site, population.bytes, minlength=sites).astype(np.int64),
            np.bincount(population.database, population.bytes, minlength=databases).astype(np.int64),
        )

    def amount(self, column: Column) -> int:
        """What all mailboxes that *column* counts need of it."""
        by_member = {
            (Over.ALL, Unit.MAILBOXES): self.site_count,
            (Over.SITES, Unit.MAILBOXES): self.site_count,
            (Over.ALL, Unit.BYTES): self.site_bytes,
            (Over.SITES, Unit.BYTES): self.site_bytes,
            (Over.DATABASES, Unit.BYTES): self.database_bytes,
        }[column.over, column.unit]
        return int(by_member.sum() if column.over is Over.ALL else by_member[list(column.members)].sum())


def buckets_of(granted: Granted, season: Season, population: Population) -> Iterator[Bucket]:
    """All limits that are granted or not, each as a bucket.

    Raises:
        SiteUnknown: mailboxes stand at a site of which nothing is known.
    """
    held = Held.of(population)
    maker = _Maker(granted, season, population, held)
    yield Bucket("mailboxes there are", FIRST, *(np.full(maker.nights, population.size),) * 2)
    nightly = [*maker.completions(), *maker.notices(), *maker.directory(), *maker.endpoints()]
    yield from nightly
    yield from maker.batches(nightly)
    yield from maker.copying()
    yield from maker.sources()
    yield from maker.stocks()


class _Maker:
    """Makes the buckets of one season."""

    def __init__(self, granted: Granted, season: Season, population: Population, held: Held) -> None:
        self._granted, self._season, self._population, self._held = granted, season, population, held
        self._dates = np.array([window.night.toordinal() for window in season.nights], dtype=np.int64)
        self.nights = len(self._dates)
        self._weekend = (self._dates - 1) % 7 >= SATURDAY
        self._share = np.array([season.share(night) for night in range(self.nights)])
        used = np.flatnonzero(held.site_count).tolist()
        self._sites = {site: population.sites[site] for site in used}
        self._places = {site: granted.place(name) for site, name in self._sites.items()}

    def _figures(self, name: str, site: str | None = None, days: Numbers | None = None) -> Numbers | None:
        """What may be planned on of *name* on each night, or on each of *days*; None when there is no such limit."""
        grant = self._granted.limits.get(name)
        return None if grant is None else self._of(grant, site, self._dates if days is None else days)

    @staticmethod
    def _of(grant: Grant, site: str | None, days: Numbers) -> Numbers:
        last = grant.last_day.toordinal()
        found: Numbers = np.where(days <= last, grant.before(site), grant.after(site)).astype(np.int64)
        return found

    def _over(self, sites: list[int]) -> tuple[Over, tuple[int, ...]]:
        return (Over.ALL, ()) if len(sites) == len(self._sites) else (Over.SITES, tuple(sites))

    def _nightly(self, name: str, unit: Unit, figures: Numbers, sites: list[int] | None = None) -> Bucket:
        over = (Over.ALL, ()) if sites is None else self._over(sites)
        return Bucket(name, Column(Sort.NIGHTLY, unit, *over), figures, figures)

    def completions(self) -> Iterator[Bucket]:
        """What completes in one night, by our own choice: as much as the help desk can answer for next morning."""
        for unit in Unit:
            for sites, site in [(None, None), *(([place], name) for place, name in self._sites.items())]:
                name = f"{unit}_a_night"
                grant = self._granted.limits.get(name)
                if grant is None or (site is not None and site not in grant.sites):
                    continue
                weekday = self._of(grant, site, self._dates)
                weekend = self._figures(f"{unit}_a_weekend_night", site)
                figures = weekday if weekend is None else np.where(self._weekend, weekend, weekday)
                shared = np.floor(figures * self._share).astype(np.int64)
                yield self._nightly(name if site is None else f"{name} at {site}", unit, shared, sites)

    def notices(self) -> Iterator[Bucket]:
        """Mailboxes a night such that no day has more notices than the quotas, when each night is as full."""
        for name, a_day in (("notify_per_day", 1), ("notify_per_minute", MINUTES), ("emails_per_day", 1)):
            figures = self._figures(name)
            if figures is not None:
                yield self._nightly(name, Unit.MAILBOXES, figures * a_day // A_NIGHT)

    def directory(self) -> Iterator[Bucket]:
        """Mailboxes a night such that the directory and the admin channel take what they cause."""
        uses = {
            "directory_writes": (FIVE_MINUTES, WRITES_A_MAILBOX),
            "admin_calls_a_night": (1, CALLS_A_MAILBOX),
        }
        for name, (times, each) in uses.items():
            figures = self._figures(name)
            if figures is not None:
                yield self._nightly(name, Unit.MAILBOXES, figures * times // each)

    def _endpoints(self) -> Iterator[tuple[str, list[int]]]:
        """Each migration endpoint in use, and the sites behind it."""
        by_endpoint: dict[str, list[int]] = {}
        for site, place in self._places.items():
            by_endpoint.setdefault(place.endpoint, []).append(site)
        yield from by_endpoint.items()

    def endpoints(self) -> Iterator[Bucket]:
        """What the incremental slots of an endpoint take: a completion holds one, and so does each day's increment."""
        seconds = np.array([(window.end - window.start).total_seconds() for window in self._season.nights])
        for endpoint, sites in self._endpoints():
            slots = self._figures("incremental_syncs", self._sites[sites[0]])
            for name, length in (("seconds_a_completion", seconds), ("seconds_an_increment", DAY)):
                each = self._figures(name)
                if slots is not None and each is not None:
                    figures = np.floor(slots * length / np.maximum(each, 1)).astype(np.int64)
                    title = f"incremental_syncs at {endpoint} ({name})"
                    yield self._nightly(title, Unit.MAILBOXES, figures, sites)

    def batches(self, nightly: list[Bucket]) -> Iterator[Bucket]:
        """Mailboxes a night such that no day has more batches than a tenant may (fact B5).

        A batch exists from the notice to the day after its night. In each night each endpoint can have one that is not
        full; the rest is shared among the nights that lie so near each other, in proportion to what else they can take.
        """
        most = self._figures("batches")
        if most is None:
            return
        others = [bucket.refill for bucket in nightly if bucket.column == FIRST]
        least: Numbers = np.min(others, axis=0) if others else np.ones(self.nights, dtype=np.int64)
        span = self._granted.notice_days + 1
        sums, counts = _running(least), np.arange(self.nights + 1)
        low = np.searchsorted(self._dates, self._dates - span)
        after = np.arange(self.nights) + 1
        endpoints = len(list(self._endpoints()))
        batches = np.array([most[first:last].min() for first, last in zip(low, after, strict=True)])
        room = self._granted.batch_size * np.maximum(batches - (counts[after] - counts[low]) * endpoints, 0)
        part = room / np.maximum(sums[after] - sums[low], 1)
        high = np.searchsorted(self._dates, self._dates + span, "right")
        tightest = np.array([part[first:last].min() for first, last in zip(after - 1, high, strict=True)])
        yield self._nightly("batches", Unit.MAILBOXES, np.floor(least * tightest).astype(np.int64))

    def _ahead(self, name: str, a_day: Numbers, over: tuple[Over, tuple[int, ...]]) -> Bucket:
        """What is copied before each night, at *a_day* bytes on each day, as far ahead as mailboxes may be held."""
        days = self._copying_days()
        ready = _running(a_day)
        until = np.clip(self._dates - days[0], 0, len(days))
        before = np.clip(np.append(days[0], self._dates[:-1]) - days[0], 0, len(days))
        begins = np.clip(until - self._days_ahead(), 0, len(days))
        depth = ready[until] - ready[begins]
        refill = np.minimum(ready[until] - ready[before], depth)
        return Bucket(name, Column(Sort.AHEAD, Unit.BYTES, *over), refill, depth)

    def _copying_days(self) -> Numbers:
        first, last = self._season.copying.toordinal(), int(self._dates.max(initial=0))
        return np.arange(first, max(last, first) + 1)

    def _days_ahead(self) -> int:
        """How long before its night a mailbox may be synced: the days of notice, and no longer than it may be held."""
        synced = self._figures("days_synced")
        most = (
            self._granted.notice_days
            if synced is None
            else int(synced.min(initial=self._granted.notice_days))
        )
        return min(self._granted.notice_days, most)

    def copying(self) -> Iterator[Bucket]:
        """Bytes copied ahead: slots of the tenant, of endpoints and of servers, and the network."""
        days = self._copying_days()
        each = self._figures("bytes_an_hour_move", days=days)
        everybody, slots = (Over.ALL, ()), self._figures("concurrent_moves_tenant", days=days)
        if slots is not None and each is not None:
            yield self._ahead("concurrent_moves_tenant", slots * each * HOURS, everybody)
        network = self._figures("bytes_an_hour", days=days)
        if network is not None:
            yield self._ahead("bytes_an_hour", network * HOURS, everybody)
        for endpoint, sites in self._endpoints():
            yield from self._at_endpoint(endpoint, sites, days, each)
        for site, name in self._sites.items():
            yield from self._at_site(site, name, days, each)

    def _at_endpoint(
        self, endpoint: str, sites: list[int], days: Numbers, each: Numbers | None
    ) -> Iterator[Bucket]:
        """The initial slots of an endpoint, and what its incremental slots can keep synced, at mailboxes' mean size."""
        name, over = self._sites[sites[0]], self._over(sites)
        slots = self._figures("concurrent_moves", name, days)
        if slots is not None and each is not None:
            yield self._ahead(f"concurrent_moves at {endpoint}", slots * each * HOURS, over)
        slots, seconds = self._figures("incremental_syncs", name), self._figures("seconds_an_increment")
        if slots is not None and seconds is not None:
            mean = self._held.site_bytes[sites].sum() / self._held.site_count[sites].sum()
            synced = np.floor(slots * DAY / np.maximum(seconds, 1) * mean).astype(np.int64)
            title = f"incremental_syncs at {endpoint} (held synced)"
            yield Bucket(title, Column(Sort.AHEAD, Unit.BYTES, *over), synced, synced)

    def _at_site(self, site: int, name: str, days: Numbers, each: Numbers | None) -> Iterator[Bucket]:
        """The connections that the servers of a site take, and its network."""
        servers = self._figures("connections_a_server", name, days)
        if servers is not None and each is not None:
            a_day = servers * self._places[site].servers * each * HOURS
            yield self._ahead(f"connections_a_server at {name}", a_day, self._over([site]))
        network = self._figures("bytes_an_hour_site", name, days)
        if network is not None:
            yield self._ahead(f"bytes_an_hour_site at {name}", network * HOURS, self._over([site]))

    def sources(self) -> Iterator[Bucket]:
        """Bytes copied ahead from each database: workload management lets few moves at a time from one source."""
        days = self._copying_days()
        slots, each = (
            self._figures("moves_a_source", days=days),
            self._figures("bytes_an_hour_move", days=days),
        )
        if slots is None or each is None:
            return
        one = self._ahead("moves_a_source", slots * each * HOURS, (Over.ALL, ()))
        for database in np.flatnonzero(self._held.database_bytes).tolist():
            yield one._replace(column=Column(Sort.AHEAD, Unit.BYTES, Over.DATABASES, (database,)))

    def stocks(self) -> Iterator[Bucket]:
        """Licences on hand, and objects that the directory holds: used up once, and gone when their grant ends."""
        for name in ("licences", "directory_objects"):
            figures = self._figures(name)
            if figures is not None:
                most = np.maximum.accumulate(figures)
                refill = np.diff(most, prepend=0)
                depth = np.where(figures < most, 0, most)
                yield Bucket(name, Column(Sort.STOCK, Unit.MAILBOXES, Over.ALL, ()), refill, depth)


def _running(amounts: Numbers) -> Numbers:
    """Running sums, from 0 before the first amount on."""
    sums: Numbers = np.concatenate([[0], np.cumsum(amounts)])
    return sums
