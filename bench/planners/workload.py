"""Draws terms for a generated estate: the capacity of the record move, or half of it, and a calendar an organisation.

`python -m bench.planners.workload ESTATE SEED [SHARE]` writes terms beside the estate's Parquet files. The record move
completed 22,000 mailboxes and 25 TB on a weekday and 83,000 and 92 TB on a weekend (its published peaks).
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from bench.planners.terms import Grant, Group, Limit, Organisation, Terms, Unit, read, write

FIRST = date(2026, 9, 7)
"""A Monday."""

NIGHTS = 260
NOTICE = 14
TIGHT = 0.5
"""Of the record move's capacity."""

RECORD = 2_100_000
"""Mailboxes of the record move; a smaller estate gets as much less capacity."""

_WEEKDAY, _WEEKEND = (22_000, 25 * 10**12), (83_000, 92 * 10**12)
_SLOTS = 2_600
_A_SLOT = 660_000_000
"""Bytes an hour in one slot of an initial copy (facts of Microsoft's own tests)."""

_DELTA_SLOTS, _DELTA_SECONDS = 200, 15
_CALLS, _CALLS_EACH = 270_000, 3
_GROUP = (2_000, 2_500 * 10**9)
"""Mailboxes and bytes: a fifth of a weekday under tight terms."""

_SITE = 1.6
"""A site's part of a night, in parts of its part of all mailboxes."""


def terms(estate: Path, seed: int, share: float = TIGHT) -> Terms:
    """Terms for the *estate*, drawn from *seed*, with a *share* of the record move's capacity."""
    boxes = pl.read_parquet(estate / "mailboxes.parquet", columns=["site"])
    codes = pl.read_parquet(estate / "organisations.parquet", columns=["code"])["code"].to_list()
    part = {
        site: _SITE * count / len(boxes)
        for site, count in sorted(boxes["site"].cast(pl.String).value_counts().iter_rows())
    }
    grants = _grants(part, share * len(boxes) / RECORD)
    return Terms(
        first=FIRST,
        nights=NIGHTS,
        units={
            "mailboxes": Unit(1),
            "bytes": Unit(0, 1),
            "delta seconds": Unit(_DELTA_SECONDS),
            "calls": Unit(_CALLS_EACH),
        },
        grants=grants,
        limits=_limits(grants, list(part)),
        organisations=dict(zip(codes, _calendars(np.random.default_rng(seed), len(codes)), strict=True)),
        group=_group(grants),
        prices={"FullAccess": 2, "SendAs": 5, "SendOnBehalf": 1},
        hard=["SendAs"],
    )


def slipped(before: Terms, seed: int, *, organisations: int = 500, days: int = 30) -> tuple[Terms, list[str]]:
    """The terms after so many organisations, drawn from *seed*, have slipped by so many *days*; and their codes."""
    codes = sorted(before.organisations)
    drawn = np.random.default_rng(seed).choice(len(codes), min(organisations, len(codes)), replace=False)
    late = sorted(codes[place] for place in drawn.tolist())
    moved = {
        code: Organisation(before.organisations[code].ready + days, before.organisations[code].frozen)
        for code in late
    }
    return msgspec.structs.replace(before, organisations={**before.organisations, **moved}), late


def _group(grants: dict[str, Grant]) -> Group:
    """No more than a weekday takes at the smallest site."""
    night = grants["mailboxes_a_night"]
    mailboxes = min([night.figure, *night.sites.values(), _GROUP[0]])
    return Group(mailboxes, min(grants["bytes_a_night"].figure, _GROUP[1]), hub=300)


def _calendars(draw: np.random.Generator, count: int) -> list[Organisation]:
    """Ready after the notice and a gamma-distributed delay; two freezes of up to two weeks each."""
    ready = np.clip(draw.gamma(2, 12, count).astype(int), 0, 100) + NOTICE
    begins = draw.integers(0, 180, (2, count))
    lengths = draw.integers(0, 15, (2, count))
    return [
        Organisation(
            int(ready[n]),
            [(int(begins[k, n]), int(begins[k, n] + lengths[k, n]) - 1) for k in range(2) if lengths[k, n]],
        )
        for n in range(count)
    ]


def _grants(part: dict[str, float], share: float) -> dict[str, Grant]:
    """The figures of the record move, as much of them as *share*; *part* is that of each site."""
    found = {}
    for when, (mailboxes, size) in (("night", _WEEKDAY), ("weekend_night", _WEEKEND)):
        most = int(mailboxes * share)
        found[f"mailboxes_a_{when}"] = Grant(
            most, {site: min(most, int(most * each)) for site, each in part.items()}
        )
        found[f"bytes_a_{when}"] = Grant(int(size * share))
    return {
        **found,
        "concurrent_moves_tenant": Grant(max(int(_SLOTS * share), 1)),
        "bytes_an_hour_move": Grant(_A_SLOT),
        "incremental_syncs": Grant(max(int(_DELTA_SLOTS * share), 1)),
        "seconds_an_increment": Grant(_DELTA_SECONDS),
        "admin_calls_a_night": Grant(int(_CALLS * share)),
    }


def _limits(grants: dict[str, Grant], sites: list[str]) -> list[Limit]:
    """The same figures as buckets, a row a calendar day. Copying begins as long before the first as it may."""
    a_day = grants["concurrent_moves_tenant"].figure * _A_SLOT * 24
    copied = [a_day * NOTICE] + [a_day] * (NIGHTS - 1)
    deltas = [grants["incremental_syncs"].figure * 86_400] * NIGHTS
    calls = [grants["admin_calls_a_night"].figure] * NIGHTS
    return [
        *(_nightly(unit, grants, None) for unit in ("mailboxes", "bytes")),
        Limit("copied ahead", "bytes", None, copied, [a_day * NOTICE] * NIGHTS),
        Limit("calls", "calls", None, calls, calls),
        *(_nightly("mailboxes", grants, site) for site in sites),
        *(Limit(f"delta seconds of {site}", "delta seconds", site, deltas, deltas) for site in sites),
    ]


def _nightly(unit: str, grants: dict[str, Grant], site: str | None) -> Limit:
    """What completes in a night: Saturdays take more, Sundays nothing."""
    weekday, weekend = (grants[f"{unit}_a_{when}"] for when in ("night", "weekend_night"))
    figures = [weekday] * 5 + [weekend, Grant(0)]
    each = [
        figures[night % 7].figure if site is None else figures[night % 7].sites.get(site, 0)
        for night in range(NIGHTS)
    ]
    return Limit(unit if site is None else f"{unit} of {site}", unit, site, each, each)


if __name__ == "__main__":
    _, folder, number, *rest = sys.argv
    write(terms(Path(folder), int(number), float(rest[0]) if rest else TIGHT), Path(folder))
    read(Path(folder))
