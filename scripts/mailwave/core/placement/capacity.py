"""The granted limits as few buckets, and what groups of mailboxes take of them.

Limits of one sort and unit over the same mailboxes are one bucket, the least of them on each night; what cannot bind
whatever is planned is left out, because each bucket costs the planner a row a group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mailwave.core.placement import loops
from mailwave.core.placement.ceilings import FIRST, Bucket, Column, Held, Over, Unit, buckets_of
from mailwave.core.placement.granted import Granted
from mailwave.core.placement.problem import Flags, Limits, Need, Numbers
from mailwave.core.placement.season import Season, shut_to_all
from mailwave.core.population import Population


class Capacity(NamedTuple):
    """The buckets that can bind, a column each; the first counts all mailboxes of a night.

    *sources* are the names of limits, and *least* says for each night and column which of them gives the figure.
    *left_out* are limits that no plan can exceed.
    """

    limits: Limits
    columns: tuple[Column, ...]
    sources: tuple[str, ...]
    least: Numbers
    left_out: tuple[str, ...]

    def binding(self, night: int, column: int) -> str:
        """The limit that gives the figure of *column* on *night*."""
        return self.sources[int(self.least[night, column])]


def capacity_for(granted: Granted, season: Season, population: Population) -> Capacity:
    """The buckets for *population* in *season*, of what is granted on each day.

    Raises:
        SiteUnknown: mailboxes stand at a site of which nothing is known.
    """
    merged, held = _merged(buckets_of(granted, season, population)), Held.of(population)
    least_room = _least_room(list(merged.values()), ~shut_to_all(season))
    kept = [
        found
        for found, room in zip(merged.values(), least_room, strict=True)
        if not _is_idle(found, merged, held, room)
    ]
    sources = tuple(sorted({name for found in kept for name in found.names}))
    place = {name: n for n, name in enumerate(sources)}
    least = [np.array([place[name] for name in found.names])[found.least] for found in kept]
    limits = Limits(
        tuple(title(found.column, population) for found in kept),
        np.stack([found.refill for found in kept], axis=1),
        np.stack([found.depth for found in kept], axis=1),
    )
    left_out = {name for found in merged.values() for name in found.names} - set(sources)
    columns = tuple(found.column for found in kept)
    return Capacity(limits, columns, sources, np.stack(least, axis=1), tuple(sorted(left_out)))


def limits_for(granted: Granted, season: Season, population: Population) -> Limits:
    """The limits of `capacity_for` alone."""
    return capacity_for(granted, season, population).limits


def needs_for(population: Population, label: Numbers, columns: Iterable[Column]) -> tuple[Need, ...]:
    """What each group takes of each of *columns*; *label* is the group of each mailbox, from 0 on without a gap."""
    groups = int(label.max(initial=-1)) + 1
    rows = _Rows(population)
    found: dict[tuple[Unit, Over, tuple[int, ...]], Need] = {}
    needs = []
    for column in columns:
        counted = column[1:]  # what completes was copied ahead, and is counted alike
        if counted not in found:
            chosen = rows.of(column)
            if column.unit is Unit.MAILBOXES:
                amount = np.bincount(_part(label, chosen), minlength=groups)
            else:
                amount = np.zeros(groups, dtype=np.int64)
                loops.add_up(_part(label, chosen), _part(population.bytes, chosen), amount)
            some = np.flatnonzero(amount)
            found[counted] = Need(some, amount[some])
        needs.append(found[counted])
    return tuple(needs)


def title(column: Column, population: Population) -> str:
    """The name of a bucket, such as `mailboxes a night at leeds`."""
    names = {Over.ALL: (), Over.SITES: population.sites, Over.DATABASES: population.databases}[column.over]
    where = "+".join(names[member] for member in column.members)
    return f"{column.unit} {column.sort}{' at ' if where else ''}{where}"


def _part(values: Numbers, chosen: Numbers | None) -> Numbers:
    return values if chosen is None else values[chosen]


class _Rows:
    """Finds the rows of the mailboxes that a column counts, with each order made once."""

    def __init__(self, population: Population) -> None:
        self._places = {Over.SITES: population.site, Over.DATABASES: population.database}
        self._orders: dict[Over, tuple[Numbers, Numbers]] = {}

    def of(self, column: Column) -> Numbers | None:
        """The rows, or None when they are all."""
        if column.over is Over.ALL:
            return None
        if column.over not in self._orders:
            place = self._places[column.over]
            short = place.astype(np.min_scalar_type(int(place.max(initial=0))))
            order = np.argsort(short, kind="stable")  # up to 16 bits are sorted by counting
            self._orders[column.over] = order, place[order]
        order, place = self._orders[column.over]
        ends = [np.searchsorted(place, [member, member + 1]) for member in column.members]
        return np.concatenate([order[begin:end] for begin, end in ends])


class _Merged(NamedTuple):
    """Buckets of one column as one: the least refill and depth of each night, and whose refill is the least."""

    column: Column
    names: tuple[str, ...]
    refill: Numbers
    depth: Numbers
    least: Numbers


def _merged(buckets: Iterable[Bucket]) -> dict[Column, _Merged]:
    by_column: dict[Column, list[Bucket]] = {}
    for bucket in buckets:
        by_column.setdefault(bucket.column, []).append(bucket)
    return {column: _as_one(column, group) for column, group in by_column.items()}


def _as_one(column: Column, group: list[Bucket]) -> _Merged:
    refills = np.stack([bucket.refill for bucket in group])
    depth = np.stack([bucket.depth for bucket in group]).min(axis=0)
    names = tuple(bucket.name for bucket in group)
    return _Merged(column, names, np.minimum(refills.min(axis=0), depth), depth, refills.argmin(axis=0))


def _is_idle(one: _Merged, merged: Mapping[Column, _Merged], held: Held, least_room: int) -> bool:
    """Whether no plan can exceed *one*: all that it counts fits at once, or a wider bucket never holds more.

    *least_room* is the least that any night on which somebody may move begins with.
    """
    if one.column == FIRST:
        return False
    if held.amount(one.column) <= least_room:
        return True
    wider = merged.get(one.column._replace(over=Over.ALL, members=()))
    if wider is None or one.column.over is Over.ALL:
        return False
    return bool((wider.refill <= one.refill).all() and (wider.depth <= one.depth).all())


def _least_room(buckets: Sequence[_Merged], used: Flags) -> list[int]:
    """The least that any of the nights *used* begins with of each of *buckets*, when nothing is ever taken."""
    refill, depth = (
        np.stack([getattr(one, name) for one in buckets], axis=1) for name in ("refill", "depth")
    )
    room, least = np.zeros(len(buckets), dtype=np.int64), np.full(len(buckets), 2**62)
    for night in range(len(used)):
        room = np.minimum(depth[night], room + refill[night])
        least = np.minimum(least, room) if used[night] else least
    return least.tolist()
