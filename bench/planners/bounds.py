"""What no plan can beat, by flows of OR-tools: `python -m bench.planners.bounds ESTATE TERMS [PLAN]`.

Prints the earliest last night that any plan can have (a maximum flow for each limit by itself, in which every mailbox
may move alone and a bucket may be full each night) and the least mean night (a minimum-cost flow over the count of
mailboxes). With a PLAN, its groups stay together: they may move when all their organisations may.
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
    """The earliest last night, and the least mean night of a mailbox."""

    last: int
    wait: float


class Classes(NamedTuple):
    """Mailboxes by calendar: *member* is the calendar of each mailbox, *allowed* a row each."""

    member: Numbers
    allowed: NDArray[np.bool_]


def main(estate: Path, name: str, plan: Path | None) -> None:
    """Reckon the bounds for *estate* and print them."""
    terms = read(estate, name)
    boxes = pl.read_parquet(
        estate / "mailboxes.parquet", columns=["guid", "organisation", "site", "size_bytes"]
    ).with_columns(pl.col("organisation", "site").cast(pl.String))
    classes = _classes(terms, boxes, plan)
    sys.stdout.buffer.write(msgspec.json.encode(Bound(_last(terms, boxes, classes), _wait(terms, classes))))


def _classes(terms: Terms, boxes: pl.DataFrame, plan: Path | None) -> Classes:
    codes = sorted(terms.organisations)
    rows = np.stack([_calendar(terms, code) for code in codes])
    place = boxes["organisation"].cast(pl.Enum(codes)).to_physical().cast(pl.Int64)
    if plan is None:
        return _distinct(place.to_numpy(), rows)
    group = boxes.join(pl.read_parquet(plan / "plan.parquet"), on="guid", how="left", maintain_order="left")[
        "group"
    ]
    pairs = pl.DataFrame({"group": group, "place": place}).unique().sort("group", "place")
    starts = np.flatnonzero(np.diff(pairs["group"].to_numpy(), prepend=-1))
    together = np.bitwise_and.reduceat(np.packbits(rows, axis=1)[pairs["place"].to_numpy()], starts, axis=0)
    label = np.searchsorted(pairs["group"].to_numpy()[starts], group.to_numpy())
    found = _distinct(label, together)
    return Classes(
        found.member, np.unpackbits(found.allowed.view(np.uint8), axis=1, count=terms.nights).astype(bool)
    )


def _distinct(place: Numbers, rows: np.ndarray) -> Classes:
    packed = rows if rows.dtype == np.uint8 else np.packbits(rows, axis=1)
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


def _wait(terms: Terms, classes: Classes) -> float:
    count = np.bincount(classes.member, minlength=len(classes.allowed))
    (limit,) = (limit for limit in terms.limits if limit.site is None and limit.unit == "mailboxes")
    room = np.array(limit.refill, dtype=np.int64)
    kind, night = np.nonzero(classes.allowed & (room > 0))
    kinds = len(count)
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(kind, kinds + night, count[kind], night)
    sink = kinds + len(room)
    flow.add_arcs_with_capacity_and_unit_cost(
        kinds + np.arange(len(room)), np.full(len(room), sink), room, np.zeros(len(room), dtype=np.int64)
    )
    flow.set_nodes_supplies(np.arange(kinds), count)
    flow.set_nodes_supplies(np.array([sink]), np.array([-count.sum()]))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the minimum-cost flow ended with {status}")
    return float(flow.optimal_cost()) / int(count.sum())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]) if len(sys.argv) > 3 else None)
