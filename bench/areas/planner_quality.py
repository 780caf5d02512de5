"""How good the planner's plans are, on five estates that were not used while it was made, with half the capacity.

Each is planned; then 500 organisations slip by 30 days when the first fortnight has been told, and it is planned again;
then one organisation more, the largest that has not moved, postpones. Bounds come from OR-tools, faults from a checker
that imports nothing of the planner. Each row has the worst of the seeds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from bench.areas.planner import AREA, MAILBOXES, Planned, judged, planned
from bench.planners import bounds, checker, later, workload
from bench.planners.terms import Organisation, Terms, write
from bench.processes import run
from bench.rows import Row

SEEDS = (11, 12, 13, 14, 15)
TODAY = 14
"""The day of the replan: nobody has moved, and the nights up to 28 are told."""

DAYS = 30


class Replanned(NamedTuple):
    """A replan, the share of undisturbed mailboxes that it moved, the told ones among them, and the seconds it took."""

    plan: Planned
    moved: float
    told_moved: int
    took: later.Took
    touched: int


class Seed(NamedTuple):
    """All that is measured of one estate; *alone* is the bound when no groups are kept together."""

    plan: Planned
    grouped: bounds.Bound
    alone: bounds.Bound
    slipped: Replanned
    slipped_bound: bounds.Bound
    one: Replanned


def rows(seeds: Sequence[int] = SEEDS, mailboxes: int = MAILBOXES) -> Iterator[Row]:
    """The worst of the seeds, a row a measure."""
    found = [_seed(seed, mailboxes) for seed in seeds]
    said = f"{mailboxes:,} mailboxes, half the capacity, worst of seeds {seeds[0]} to {seeds[-1]}"
    slip = f"{said}; 500 organisations slip {DAYS} days"
    one = f"{said}; the largest organisation postpones {DAYS} days"
    yield _row("last night ÷ max flow of the groups", said, max(s.plan.last / s.grouped.last for s in found))
    yield _row("last night ÷ max flow, nobody together", said, max(s.plan.last / s.alone.last for s in found))
    yield _row(
        "mean night ÷ min-cost flow of the groups", said, max(s.plan.wait / s.grouped.wait for s in found)
    )
    yield _row(
        "mean night ÷ min-cost flow, nobody together", said, max(s.plan.wait / s.alone.wait for s in found)
    )
    yield _row("faults", said, sum(s.plan.faults.total + s.plan.faults.unplaced for s in found), "faults")
    yield _row("last night ÷ max flow", slip, max(s.slipped.plan.last / s.slipped_bound.last for s in found))
    yield _row(
        "mean night ÷ min-cost flow", slip, max(s.slipped.plan.wait / s.slipped_bound.wait for s in found)
    )
    for name, told in (("slipped", slip), ("one", one)):
        replans: list[Replanned] = [getattr(seed, name) for seed in found]
        yield _row("undisturbed mailboxes moved", told, max(100 * each.moved for each in replans), "%")
        yield _row("told mailboxes moved", told, sum(each.told_moved for each in replans), "mailboxes")
        yield _row("faults", told, sum(each.plan.faults.total for each in replans), "faults")
        yield _row("mailboxes touched", told, max(each.touched for each in replans), "mailboxes")
        yield _row("replan, columns to nights", told, max(each.took.seconds for each in replans), "s")
        yield _row(
            "replan, columns to nights", told, max(each.took.processor for each in replans), "s of CPU"
        )


def _seed(seed: int, mailboxes: int) -> Seed:
    with tempfile.TemporaryDirectory() as folder:
        estate = Path(folder)
        run("rehearsal.national", "--seed", str(seed), "--mailboxes", str(mailboxes), "--out", folder)
        terms = workload.terms(estate, seed)
        write(terms, estate)
        plan = planned("ours", estate, terms, estate / "first")
        grouped, alone = _bound(estate, "terms.json", estate / "first"), _bound(estate, "terms.json")
        late, codes = workload.slipped(terms, seed, days=DAYS)
        slipped = _replanned(estate, (terms, late), codes, "slipped")
        largest = _largest(estate)
        rule = terms.organisations[largest]
        postponed = {**terms.organisations, largest: Organisation(rule.ready + DAYS, rule.frozen)}
        one = _replanned(
            estate, (terms, msgspec.structs.replace(terms, organisations=postponed)), [largest], "one"
        )
        bound = _bound(estate, "slipped.json", estate / "slipped")
        return Seed(plan, grouped, alone, slipped, bound, one)


def _bound(estate: Path, name: str, plan: Path | None = None) -> bounds.Bound:
    ran = run("bench.planners.bounds", str(estate), name, *([] if plan is None else [str(plan)]))
    return msgspec.json.decode(ran.said, type=bounds.Bound)


def _replanned(estate: Path, terms: tuple[Terms, Terms], late: list[str], name: str) -> Replanned:
    """The plan after organisations with the codes *late* have slipped, and what it did to the others.

    Who shares a group with one of them is disturbed, too.
    """
    out = estate / name
    out.mkdir()
    write(terms[1], estate, f"{name}.json")
    ran = run(
        "bench.planners.later", str(estate), str(estate / "first"), str(out), f"{name}.json", str(TODAY)
    )
    before = _of_organisations(estate, estate / "first")
    disturbed = before.filter(pl.col("organisation").is_in(late))["group"].unique()
    others = before.filter(~pl.col("group").is_in(disturbed.implode()))
    told = others.filter(pl.col("night") < TODAY + workload.NOTICE)["guid"]
    plan = judged(ran, estate, terms[1], out, checker.Promise(before, TODAY + workload.NOTICE, told))
    after = pl.read_parquet(out / "plan.parquet").select("guid", pl.col("night").alias("after"))
    moved = others.join(after, on="guid").filter(pl.col("night") != pl.col("after")).height
    touched = before.join(after, on="guid").filter(pl.col("night") != pl.col("after")).height
    took = msgspec.json.decode(ran.said, type=later.Took)
    return Replanned(plan, moved / max(others.height, 1), plan.faults.told_moved, took, touched)


def _of_organisations(estate: Path, out: Path) -> pl.DataFrame:
    boxes = pl.read_parquet(estate / "mailboxes.parquet", columns=["guid", "organisation"])
    return boxes.with_columns(pl.col("organisation").cast(pl.String)).join(
        pl.read_parquet(out / "plan.parquet"), on="guid"
    )


def _largest(estate: Path) -> str:
    """The organisation with most mailboxes of which nobody has been told a night."""
    rows = _of_organisations(estate, estate / "first")
    waiting = rows.group_by("organisation").agg(pl.len(), pl.col("night").min())
    free = waiting.filter(pl.col("night") >= TODAY + workload.NOTICE).sort("len", "organisation")
    return str(free["organisation"][-1])


def _row(name: str, said: str, ours: float, unit: str = "×") -> Row:
    return Row(AREA, name, said, ours, None, None, None, unit)
