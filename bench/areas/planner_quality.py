"""How good the planner's plans are, on five estates that were not used while it was made, with half the capacity.

Each is planned; then 500 organisations slip by 30 days when the first fortnight has been told, and it is planned again;
then one organisation more, the largest that has not moved, postpones. Bounds come from OR-tools and let every mailbox
move alone, faults come from a checker that imports nothing of the planner. Each row has the worst of the seeds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import polars as pl

from bench.areas.planner import AREA, MAILBOXES, Planned, judged, planned
from bench.planners import bounds, checker, later, parts, severed, workload
from bench.planners.terms import Organisation, Terms, write
from bench.processes import run
from bench.rows import Row

SEEDS = (13, 14, 15, 16, 17)
TODAY = 14
"""The day of the replan: nobody has moved, and the nights up to 28 are told."""

FIRST = TODAY + workload.NOTICE
DAYS = 30


class Replanned(msgspec.Struct, frozen=True):
    """A replan: what of others' nights it moved, and what it took.

    *undisturbed* are mailboxes of organisations that did not slip; *moved* is the share of them that has another night.
    *touched* counts all mailboxes that have another night.
    """

    plan: Planned
    undisturbed: int
    moved: float
    told_moved: int
    took: later.Took
    touched: int


class Seed(msgspec.Struct, frozen=True):
    """All that is measured of one estate: *cuts* is what each way of cutting severs, *hard* what the plan does."""

    plan: Planned
    bound: bounds.Bound
    slipped: Replanned
    slipped_bound: bounds.Bound
    one: Replanned
    cuts: dict[str, parts.Cut]
    hard: int


def rows(seeds: Sequence[int] = SEEDS, mailboxes: int = MAILBOXES) -> Iterator[Row]:
    """The worst of the seeds, a row a measure."""
    found = [measured(seed, mailboxes) for seed in seeds]
    said = f"{mailboxes:,} mailboxes, half the capacity, worst of seeds {seeds[0]} to {seeds[-1]}"
    slip = f"{said}; 500 organisations slip {DAYS} days"
    one = f"{said}; the largest organisation postpones {DAYS} days"
    first = [(seed.plan, seed.bound) for seed in found]
    yield from _against(first, said, "")
    yield _row("faults", said, sum(s.plan.faults.total + s.plan.faults.unplaced for s in found), "faults")
    yield from _against(
        [(seed.slipped.plan, seed.slipped_bound) for seed in found], slip, ", with what was told"
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
    for way, name in (("split", "components, then split"), ("metis", "METIS")):
        worst = max(found, key=lambda seed: seed.hard / seed.cuts[way].hard)
        other = worst.cuts[way].hard
        yield Row(
            AREA, "hard rights severed by the plan", said, worst.hard, other, name, other / worst.hard, ""
        )


def _against(plans: list[tuple[Planned, bounds.Bound]], said: str, told: str) -> Iterator[Row]:
    """The last and the mean night against what no plan can beat.

    The mean is held to the tightest of the bounds. The flow in all alone is the looser one: it fills nights that sites,
    or people who were told, leave to nobody. How far no plan can come to it is the one bound over the other.
    """
    yield _row("last night ÷ max flow", said, max(plan.last / bound.last for plan, bound in plans))
    joint = f"last night ÷ max flow in all and at each site at once{told}"
    yield _row(joint, said, max(plan.last / bound.joint for plan, bound in plans))
    tightest = f"min-cost flow in all and at each site{told}"
    rows = {
        f"mean night ÷ {tightest}": [plan.wait / bound.sites for plan, bound in plans],
        "mean night ÷ looser min-cost flow, in all alone": [plan.wait / bound.wait for plan, bound in plans],
        "no plan can come nearer to the looser flow than": [bound.sites / bound.wait for _, bound in plans],
    }
    for name, ratios in rows.items():
        yield _row(name, said, max(ratios))


def measured(seed: int, mailboxes: int = MAILBOXES) -> Seed:
    """All measures of the estate of *seed*."""
    with tempfile.TemporaryDirectory() as folder:
        estate = Path(folder)
        run("rehearsal.national", "--seed", str(seed), "--mailboxes", str(mailboxes), "--out", folder)
        terms = workload.terms(estate, seed)
        write(terms, estate)
        plan = planned("ours", estate, terms, estate / "first")
        late, codes = workload.slipped(terms, seed, days=DAYS)
        slipped = _replanned(estate, (terms, late), codes, "slipped")
        largest = _largest(estate)
        rule = terms.organisations[largest]
        postponed = {**terms.organisations, largest: Organisation(rule.ready + DAYS, rule.frozen)}
        one = _replanned(
            estate, (terms, msgspec.structs.replace(terms, organisations=postponed)), [largest], "one"
        )
        return Seed(
            plan,
            _bound(estate, "terms.json"),
            slipped,
            _bound(estate, "slipped.json", estate / "first", FIRST),
            one,
            {way: _cut(estate, way) for way in ("ours", "split", "metis")},
            severed.hard(estate, estate / "first", terms),
        )


def _bound(estate: Path, name: str, plan: Path | None = None, first: int = 0) -> bounds.Bound:
    kept = [] if plan is None else [str(plan), str(first)]
    return msgspec.json.decode(run("bench.planners.bounds", str(estate), name, *kept).said, type=bounds.Bound)


def _cut(estate: Path, way: str) -> parts.Cut:
    return msgspec.json.decode(run("bench.planners.parts", way, str(estate)).said, type=parts.Cut)


def _replanned(estate: Path, terms: tuple[Terms, Terms], late: list[str], name: str) -> Replanned:
    """The plan after organisations with the codes *late* have slipped, and what it did to the mailboxes of others."""
    out = estate / name
    out.mkdir()
    write(terms[1], estate, f"{name}.json")
    ran = run(
        "bench.planners.later", str(estate), str(estate / "first"), str(out), f"{name}.json", str(TODAY)
    )
    before = _of_organisations(estate, estate / "first")
    others = before.filter(~pl.col("organisation").is_in(late))
    told = others.filter(pl.col("night") < FIRST)["guid"]
    plan = judged(ran, estate, terms[1], out, checker.Promise(before, FIRST, told))
    after = pl.read_parquet(out / "plan.parquet").select("guid", pl.col("night").alias("after"))
    moved = others.join(after, on="guid").filter(pl.col("night") != pl.col("after")).height
    touched = before.join(after, on="guid").filter(pl.col("night") != pl.col("after")).height
    took = msgspec.json.decode(ran.said, type=later.Took)
    share = moved / max(others.height, 1)
    return Replanned(plan, others.height, share, plan.faults.told_moved, took, touched)


def _of_organisations(estate: Path, out: Path) -> pl.DataFrame:
    boxes = pl.read_parquet(estate / "mailboxes.parquet", columns=["guid", "organisation"])
    return boxes.with_columns(pl.col("organisation").cast(pl.String)).join(
        pl.read_parquet(out / "plan.parquet"), on="guid"
    )


def _largest(estate: Path) -> str:
    """The organisation with most mailboxes of which nobody has been told a night."""
    rows = _of_organisations(estate, estate / "first")
    waiting = rows.group_by("organisation").agg(pl.len(), pl.col("night").min())
    free = waiting.filter(pl.col("night") >= FIRST).sort("len", "organisation")
    return str(free["organisation"][-1])


def _row(name: str, said: str, ours: float, unit: str = "×") -> Row:
    return Row(AREA, name, said, ours, None, None, None, unit)
