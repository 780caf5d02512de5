"""What no plan can beat, by flows of OR-tools: `python -m bench.planners.bounds ESTATE TERMS [PLAN FIRST]`.

Every mailbox may move alone, so no plan is better, whatever it keeps together. Prints the earliest last night that any
plan can have (a maximum flow for each limit by itself, in which a bucket may be full each night, and another over the
count in all and at each site at once) and the least mean night: a minimum-cost flow over the count of mailboxes in all,
and another over the count in all and at each site. After a PLAN of which people were told the nights before FIRST, the
flows over both keep these where calendars still do, and leave those nights to nobody else.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray
from ortools.graph.python import max_flow, min_cost_flow

from bench.planners.terms import Limit, Terms, read

Numbers = NDArray[np.int64]
LARGEST = 2**40


class Bound(msgspec.Struct, frozen=True):
    """The earliest last night, and the least mean night of a mailbox.

    *last* and *wait* are by one limit at a time, whatever was told; *joint* and *sites* by the count in all and at each
    site, and what was told.
    """

    last: int
    joint: int
    wait: float
    sites: float


class Classes(NamedTuple):
    """Mailboxes by calendar: *member* is the calendar of each mailbox, *allowed* a row each."""

    member: Numbers
    allowed: NDArray[np.bool_]


class Kept(NamedTuple):
    """The night that each mailbox keeps, -1 for none, and the first night that is open to the others."""

    night: Numbers
    first: int


def main(estate: Path, name: str, plan: Path | None, first: int) -> None:
    """Reckon the bounds for *estate* and print them."""
    terms = read(estate, name)
    boxes = pl.read_parquet(
        estate / "mailboxes.parquet", columns=["guid", "organisation", "site", "size_bytes"]
    ).with_columns(pl.col("organisation", "site").cast(pl.String))
    classes = _classes(terms, boxes)
    kept = _kept(boxes, classes, plan, first)
    nobody = Kept(np.full(len(boxes), -1), 0)
    everywhere = np.zeros(len(boxes), dtype=np.int64)
    last = _last(terms, boxes, classes)
    in_all = _network(_rooms(terms, [None]), classes, everywhere, nobody)
    at_sites = _network(*_by_site(terms, boxes, classes), kept)
    found = Bound(last, _joint(at_sites, last), _wait(in_all), _wait(at_sites))
    sys.stdout.buffer.write(msgspec.json.encode(found))


def _classes(terms: Terms, boxes: pl.DataFrame) -> Classes:
    codes = sorted(terms.organisations)
    rows = np.stack([_calendar(terms, code) for code in codes])
    place = boxes["organisation"].cast(pl.Enum(codes)).to_physical().cast(pl.Int64)
    return _distinct(place.to_numpy(), rows)


def _kept(boxes: pl.DataFrame, classes: Classes, plan: Path | None, first: int) -> Kept:
    if plan is None:
        return Kept(np.full(len(boxes), -1), 0)
    told = boxes.join(pl.read_parquet(plan / "plan.parquet"), on="guid", how="left", maintain_order="left")
    night = told["night"].cast(pl.Int64).to_numpy()
    stays = (night >= 0) & (night < first) & classes.allowed[classes.member, night]
    return Kept(np.where(stays, night, -1), first)


def _distinct(place: Numbers, rows: np.ndarray) -> Classes:
    packed = np.packbits(rows, axis=1)
    texts = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, member = np.unique(texts, return_index=True, return_inverse=True)
    return Classes(member[place].astype(np.int64), rows[first])


def _calendar(terms: Terms, code: str) -> NDArray[np.bool_]:
    rule = terms.organisations[code]
    allowed = np.arange(terms.nights) >= rule.ready
    for first, last in rule.frozen:
        allowed[first : last + 1] = False
    return np.asarray(allowed)


def _last(terms: Terms, boxes: pl.DataFrame, classes: Classes) -> int:
    last = 0
    size, site = boxes["size_bytes"].to_numpy(), boxes["site"].to_numpy()
    for limit in terms.limits:
        unit = terms.units[limit.unit]
        amount = unit.fixed + (size // unit.bytes_each if unit.bytes_each else np.zeros_like(size))
        if limit.site is not None:
            amount = np.where(site == limit.site, amount, 0)
        demand = np.zeros(len(classes.allowed), dtype=np.int64)
        np.add.at(demand, classes.member, amount)
        last = _first_that_fits(limit, demand, classes.allowed, last)
    return last


def _first_that_fits(limit: Limit, demand: Numbers, allowed: NDArray[np.bool_], start: int) -> int:
    room = np.maximum(limit.refill, limit.depth)
    low = max(start, int(np.searchsorted(np.cumsum(room), demand.sum())))
    high, step = low, 1
    while not _fits(room, demand, allowed, high):
        low, high, step = high + 1, high + step, 2 * step
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _fits(room, demand, allowed, middle) else (middle + 1, high)
    return low


def _fits(room: Numbers, demand: Numbers, allowed: NDArray[np.bool_], last: int) -> bool:
    # Rounded such that what fits still fits: a bound stays one.
    parts = max(1, int(demand.sum()) // LARGEST)
    needed, there = demand // parts, -(-room[: last + 1] // parts)
    kinds, (kind, night) = len(demand), np.nonzero(allowed[:, : last + 1])
    source, sink = kinds + last + 1, kinds + last + 2
    flow = max_flow.SimpleMaxFlow()
    flow.add_arcs_with_capacity(np.full(kinds, source), np.arange(kinds), needed)
    flow.add_arcs_with_capacity(kind, kinds + night, needed[kind])
    flow.add_arcs_with_capacity(kinds + np.arange(last + 1), np.full(last + 1, sink), there)
    flow.solve(source, sink)
    return bool(flow.optimal_flow() >= needed.sum())


def _rooms(terms: Terms, sites: list[str | None]) -> Numbers:
    """What each night takes of mailboxes: a row for each of *sites*, of which None is all."""
    found = {limit.site: limit.refill for limit in terms.limits if limit.unit == "mailboxes"}
    return np.array([found[site] for site in sites], dtype=np.int64)


def _by_site(terms: Terms, boxes: pl.DataFrame, classes: Classes) -> tuple[Numbers, Classes, Numbers]:
    names = sorted(boxes["site"].unique())
    site = boxes["site"].cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()
    return _rooms(terms, [None, *names]), classes, site


class _Network(NamedTuple):
    """From kinds of mailboxes, by calendar and site, to cells, which are nights of a site, and from these to nights.

    *waiting* is how many of each kind have no night yet, and *told* has the nights of those that keep theirs. Arcs lead
    from *kind* to *cell*; *left* is what each cell takes, *room* what each night does. Cells are numbered site by site.
    """

    waiting: Numbers
    told: Numbers
    kind: Numbers
    cell: Numbers
    left: Numbers
    room: Numbers


def _network(rooms: Numbers, classes: Classes, site: Numbers, kept: Kept) -> _Network:
    """*rooms* has a row for all, and then one for each site; without those a site takes whatever a night does."""
    nights, sites = rooms.shape[1], max(len(rooms) - 1, 1)
    stays = kept.night >= 0
    taken = np.bincount(site[stays] * nights + kept.night[stays], minlength=sites * nights).reshape(sites, -1)
    of_site = rooms[1:] if len(rooms) > 1 else rooms
    room, left = np.maximum(rooms[0] - taken.sum(axis=0), 0), np.maximum(of_site - taken, 0)
    kinds, count = np.unique((classes.member * sites + site)[~stays], return_counts=True)
    member, where = np.divmod(kinds, sites)
    open_nights = (room > 0) & (np.arange(nights) >= kept.first)
    kind, night = np.nonzero(classes.allowed[member] & open_nights)
    return _Network(count, kept.night[stays], kind, where[kind] * nights + night, left.ravel(), room)


def _joint(network: _Network, start: int) -> int:
    """The first night from *start* on by which all can have flowed; the last of all if they never can."""
    low, high, step = max(start, int(network.told.max(initial=0))), len(network.room) - 1, 1
    while low < high and not _flows(network, middle := min(low + step - 1, high)):
        low, step = middle + 1, 2 * step
    high = min(low + step - 1, high)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _flows(network, middle) else (middle + 1, high)
    return low


def _flows(network: _Network, last: int) -> bool:
    count, _, kind, cell, left, room = network
    kinds, nights, cells = len(count), len(room), np.arange(len(left))
    some = cell % nights <= last
    source, sink = kinds + len(cells) + nights, kinds + len(cells) + nights + 1
    flow = max_flow.SimpleMaxFlow()
    add = flow.add_arcs_with_capacity
    add(np.full(kinds, source), np.arange(kinds), count)
    add(kind[some], kinds + cell[some], count[kind[some]])
    add(kinds + cells, kinds + len(cells) + cells % nights, left)
    add(kinds + len(cells) + np.arange(nights), np.full(nights, sink), room)
    flow.solve(source, sink)
    return bool(flow.optimal_flow() >= count.sum())


def _wait(network: _Network) -> float:
    """The least mean night."""
    count, told, kind, cell, left, room = network
    kinds, nights, cells = len(count), len(room), np.arange(len(left))
    sink, free = kinds + len(cells) + nights, np.zeros(len(cells), dtype=np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    add = flow.add_arcs_with_capacity_and_unit_cost
    add(kind, kinds + cell, count[kind], cell % nights)
    add(kinds + cells, kinds + len(cells) + cells % nights, left, free)
    add(kinds + len(cells) + np.arange(nights), np.full(nights, sink), room, free[:nights])
    flow.set_nodes_supplies(np.arange(kinds), count)
    flow.set_nodes_supplies(np.array([sink]), np.array([-count.sum()]))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the minimum-cost flow ended with {status}")
    return float(flow.optimal_cost() + told.sum()) / int(count.sum() + len(told))


if __name__ == "__main__":
    _, folder, name, *rest = sys.argv
    main(Path(folder), name, Path(rest[0]) if rest else None, int(rest[1]) if rest else 0)
