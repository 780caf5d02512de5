"""The governor over many nights, against an oracle that knows the limits and against fixed values.

Limits change in mid-night, sites vanish, the target protects itself, the tenant loses slots. What the governor sets is
checked against the stack's bounds and the tenant's slots at each reading.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from bench.governed.nights import TENANT, drawn
from bench.governed.rivals import bound, fixed, oracle
from bench.governed.service import Lived, Pools, Seen, Setting, live
from bench.rows import Row
from mailwave.core.governor.govern import Governor
from mailwave.core.governor.readings import Bounds, Limits, Range, Reading, Sample

AREA = "governor"
SEEDS = range(3000, 3200)
LEAST, MOST = 5, 200
FIRST = (20, 20)
"""What a stack allows on each endpoint, and what is set when the night begins."""

FIXED: Mapping[str, Pools] = {"published defaults": (100, 20), "equal shares": (TENANT, TENANT)}
"""What may be set all night instead (fact B2); where the tenant has too few slots for it, its share of them."""


class Night(msgspec.Struct, frozen=True):
    """How one night went: minutes until all was done, and until all that was pre-synced was, by each.

    *crossed* counts limits that were set outside a bound.
    """

    ours: int
    oracle: int
    bound: int
    fixed: dict[str, int]
    ours_deltas: int
    oracle_deltas: int
    crossed: int


def rows(seeds: Sequence[int] = SEEDS) -> Iterator[Row]:
    """How the governor fared, a row a measure."""
    nights = [lived(seed) for seed in seeds]
    said = f"{len(nights)} nights of 2 to 6 sites; limits change in mid-night"
    late = [night.ours / night.oracle for night in nights]
    yield _row("time to finish, P95", said, _p95(late), "an oracle that knows the limits")
    yield _row("time to finish, median", said, statistics.median(late), "an oracle that knows the limits")
    deltas = [night.ours_deltas / night.oracle_deltas for night in nights]
    yield _row("pre-synced all moved, P95", said, _p95(deltas), "an oracle that knows the limits")
    strict = [night.ours / night.bound for night in nights]
    yield _row("time to finish against a bound, P95", said, _p95(strict), "a bound that nobody can beat")
    for name in FIXED:
        ratios = [night.fixed[name] / night.ours for night in nights]
        yield Row(
            AREA,
            f"time to finish, {name}",
            said,
            1.0,
            statistics.median(ratios),
            name,
            statistics.median(ratios),
            "×",
        )
    yield Row(
        AREA, "bounds crossed", said, sum(night.crossed for night in nights), None, None, None, "settings"
    )


def lived(seed: int) -> Night:
    """Live the night of *seed* with each of them."""
    night = drawn(seed)
    ours = live(night, governed(len(night.sites)), FIRST)
    knowing = live(night, oracle(night, LEAST, MOST), FIRST, every=1)
    return Night(
        ours.done,
        knowing.done,
        bound(night),
        {name: live(night, fixed(*limits), FIRST).done for name, limits in FIXED.items()},
        ours.deltas_done,
        knowing.deltas_done,
        crossed(ours),
    )


def governed(sites: int) -> Setting:
    """The governor as one who sets limits."""
    both = Bounds(Range(LEAST, MOST), Range(LEAST, MOST))
    state = Governor({f"site-{number}": both for number in range(1, sites + 1)}, usual=1.0)

    def setting(_: int, seen: Mapping[str, Seen], tenant: int) -> Mapping[str, Pools]:
        nonlocal state
        state, limits = state.governed({name: _reading(its) for name, its in seen.items()}, tenant)
        return {name: (its.migrations, its.increments) for name, its in limits.items()}

    return setting


def crossed(night: Lived) -> int:
    """How many of the settings were outside what the stack allows; what the service refuses ended the night."""
    return sum(
        not LEAST <= limit <= MOST for _, limits in night.set for pools in limits.values() for limit in pools
    )


def _reading(seen: Seen) -> Reading:
    return Reading(
        Limits(*seen.live),
        copying=seen.active[0],
        syncing=seen.active[1],
        to_copy=seen.waiting[0],
        to_sync=seen.waiting[1],
        left=seen.left,
        sample=Sample(seen.details, seen.pace),
    )


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def _row(name: str, workload: str, late: float, against: str) -> Row:
    """*late* is how many times as long ours took as *against*."""
    return Row(AREA, name, workload, late, 1.0, against, 1 / late, "×")
