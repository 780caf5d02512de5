"""The planner at national size: against plain Python, the physical floor, the spreadsheet, networkx and partitioners.

Every planner is a process of its own that reads the same Parquet files and terms and writes a plan; a checker that
imports nothing of them counts what each plan breaks, and a row is given only if that is nothing.
"""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from bench.planners import checker, joined, parts, workload
from bench.planners.checker import Faults
from bench.planners.terms import Terms, write
from bench.processes import Ran, run
from bench.rows import ResultsDiffer, Row
from mailwave.core.strategies import Cost

AREA = "planner"
MAILBOXES = 2_100_000
SEED = 11
"""Not used while the planner was made."""

PAIRS = 3


class Planned(NamedTuple):
    """One run of a planner, and what the checker says of its plan."""

    ran: Ran
    faults: Faults
    last: int
    wait: float
    severed: int


def rows(mailboxes: int = MAILBOXES) -> Iterator[Row]:
    """All rows. The plain planner takes four minutes at full size, so it runs once.

    Raises ResultsDiffer.
    """
    with tempfile.TemporaryDirectory() as folder:
        estate = Path(folder)
        run("rehearsal.national", "--seed", str(SEED), "--mailboxes", str(mailboxes), "--out", folder)
        terms = workload.terms(estate, SEED)
        write(terms, estate)
        said = (
            f"{mailboxes:,} mailboxes, {_count(estate):,} rights, {len(terms.organisations):,} organisations"
        )
        yield from _whole(estate, terms, said)
        yield from _groups(estate, said)
        yield from _cuts(estate, said)
        yield from _strategies(estate, said)


def planned(planner: str, estate: Path, terms: Terms, out: Path) -> Planned:
    """The plan of *estate* by a module of bench.planners, in the folder *out*, and what is wrong with it."""
    out.mkdir(exist_ok=True)
    ran = run(f"bench.planners.{planner}", str(estate), str(out))
    return judged(ran, estate, terms, out)


def judged(
    ran: Ran, estate: Path, terms: Terms, out: Path, promise: checker.Promise | None = None
) -> Planned:
    """What the checker says of the plan in *out*."""
    if not (out / "plan.parquet").exists():
        run("bench.planners.opened", str(estate), str(out))
    tables = checker.read_tables(estate, out)
    return Planned(
        ran,
        checker.faults(terms, tables, promise),
        *checker.last_and_wait(tables.plan),
        tables.severed.height,
    )


def _whole(estate: Path, terms: Terms, said: str) -> Iterator[Row]:
    """From Parquet to plan file: processor seconds and memory, and what the spreadsheet's way severs."""
    ours = [_clean("ours", estate, terms) for _ in range(PAIRS)]
    floor = [run("bench.planners.floor", str(estate), str(estate)) for _ in range(PAIRS)]
    plain, sheet = _clean("plain", estate, terms), _clean("spreadsheet", estate, terms)
    seconds = statistics.median(one.ran.processor for one in ours)
    least = statistics.median(one.processor for one in floor)
    peak = max(one.ran.peak for one in ours)
    named = "plain Python, same rules"
    yield _row("plan, Parquet to plan file", said, seconds, (plain.ran.processor, named), "s of CPU")
    yield _row("plan, peak memory", said, peak, (plain.ran.peak, named), "MB")
    yield _row("plan, above the floor", said, seconds, (least, "read, find components, write"), "s of CPU")
    for name, other in ((named, plain), ("spreadsheet: by organisation", sheet)):
        yield _row("rights severed", said, ours[0].severed, (other.severed, name), "rights")
        yield _row("last night", said, ours[0].last, (other.last, name), "night")
        yield _row("mean night", said, ours[0].wait, (other.wait, name), "night")


def _clean(planner: str, estate: Path, terms: Terms) -> Planned:
    with tempfile.TemporaryDirectory() as out:
        found = planned(planner, estate, terms, Path(out))
    if found.faults.total or found.faults.unplaced:
        raise ResultsDiffer(area=AREA, name=f"{planner}: {found.faults}")
    return found


def _groups(estate: Path, said: str) -> Iterator[Row]:
    """Connected components alone, which networkx finds, too: processor seconds after reading, and memory."""
    found: dict[str, tuple[joined.Found, float]] = {}
    for way in joined.WAYS:
        taken = [run("bench.planners.joined", way, str(estate)) for _ in range(PAIRS)]
        results = [msgspec.json.decode(ran.said, type=joined.Found) for ran in taken]
        middle = statistics.median(one.seconds for one in results)
        found[way] = msgspec.structs.replace(results[0], seconds=middle), max(ran.peak for ran in taken)
    if len({(one.groups, one.largest) for one, _ in found.values()}) != 1:
        raise ResultsDiffer(area=AREA, name="delegate groups")
    ours, memory = found.pop("columns")
    for way, (other, peak) in found.items():
        yield _row("delegate groups, no cut", said, ours.seconds, (other.seconds, way), "s of CPU")
        yield _row("delegate groups, peak memory", said, memory, (peak, way), "MB")


def _cuts(estate: Path, said: str) -> Iterator[Row]:
    """What is severed under one cap and one set of prices, service accounts set aside."""
    found = {}
    for way in parts.WAYS:
        try:
            ran = run("bench.planners.parts", way, str(estate))
        except subprocess.CalledProcessError:
            if way != "kahip":  # it ends with a segmentation fault where weights cannot be balanced
                raise
            continue
        found[way] = msgspec.json.decode(ran.said, type=parts.Cut)
    ours = found.pop("ours")
    if ours.over:
        raise ResultsDiffer(area=AREA, name="cut")
    names = {"split": "components, then split", "metis": "METIS", "kahip": "KaHIP, fast, social"}
    for way, other in found.items():
        name = f"{names[way]}, {other.over} groups over the cap"
        yield _row("hard rights severed by the cut", said, ours.hard, (other.hard, name), "rights")
        yield _row("price of the cut", said, ours.price, (other.price, name), "price")
        yield _row("cut", said, ours.seconds, (other.seconds, name), "s of CPU")


def _strategies(estate: Path, said: str) -> Iterator[Row]:
    """Groups as planned against a random share of each organisation each night, and mixtures of the two."""
    *others, ours = msgspec.json.decode(run("bench.planners.ways", str(estate)).said, type=list[Cost])
    measures = {
        "mean day": "mean_day",
        "last day": "last_day",
        "hard rights of people severed": "hard",
        "days that these are severed": "hard_days",
        "largest share of an organisation in a night": "largest_share",
    }
    for name, field in measures.items():
        for other in others:
            baseline = getattr(other, field), other.strategy
            yield _row(f"strategies: {name}", said, getattr(ours, field), baseline, "")


def _row(name: str, said: str, ours: float, baseline: tuple[float, str], unit: str) -> Row:
    other, named = baseline
    return Row(AREA, name, said, ours, other, named, other / ours if ours else None, unit)


def _count(estate: Path) -> int:
    return int(pl.scan_parquet(estate / "permissions.parquet").select(pl.len()).collect().item())
