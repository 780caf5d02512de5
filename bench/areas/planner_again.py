"""A nation's plan made again after its largest organisation has postponed: the command, from files to the written plan.

`mailwave wave plan` plans an estate in Parquet by the rules of the record move into a file; then its largest
organisation is frozen for thirty days, a month after the first night, and the command runs again on the same file. What
it must touch are that organisation's mailboxes which had a night in those days. Goal: under five seconds.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import yaml

from bench.areas.planner import AREA, MAILBOXES, SEED
from bench.areas.stacks import ROOT, measured
from bench.processes import run
from bench.rows import Row
from mailwave.adapters.plan_file import read_plan
from mailwave.core.plan_columns import Placement
from mailwave.core.plan_diff import difference

ENVIRONMENT = "rehearsal"
ESTATE = f"estate.{ENVIRONMENT}.yaml"
RUNS = 3
AFTER = timedelta(days=30)
DAYS = 30


def rows(mailboxes: int = MAILBOXES) -> Iterator[Row]:
    """The seconds of the first plan and of the replan, and whom the replan touches."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run("rehearsal.national", "--seed", str(SEED), "--mailboxes", str(mailboxes), "--out", name)
        run("rehearsal.national.environment", name)
        first = _planned(folder, folder / "first")
        before = read_plan(folder / "first").placement
        code, days = postponed(before)
        _freeze(folder / ESTATE, code, days)
        taken = []
        for _ in range(RUNS):
            shutil.copyfile(folder / "first", folder / "again")
            taken.append(_planned(folder, folder / "again"))
        touched = difference(before, read_plan(folder / "again").placement)
    must, size = _barred(before, code, days)
    whole = f"{mailboxes:,} mailboxes"
    said = f"{whole}; the largest organisation, {size:,} of them, postpones {DAYS} days"
    for place, unit in enumerate(("s", "s of CPU")):
        again = statistics.median(one[place] for one in taken)
        yield Row(AREA, "wave plan, files to plan file", whole, first[place], None, None, None, unit)
        yield Row(AREA, "wave plan once more, files to plan file", said, again, None, None, None, unit)
    moved = len(touched.guid)
    yield Row(
        AREA,
        "wave plan once more, touched",
        said,
        moved,
        must,
        "had a barred night",
        must / moved if moved else None,
        "mailboxes",
    )


def postponed(plan: Placement) -> tuple[str, tuple[date, date]]:
    """The largest organisation of *plan*, and the first and last day on which it shall not move."""
    people = plan.population
    largest = int(np.bincount(people.organisation).argmax())
    first = plan.windows[0].night + AFTER
    return people.organisations[largest].code, (first, first + timedelta(days=DAYS - 1))


def _barred(plan: Placement, code: str, days: tuple[date, date]) -> tuple[int, int]:
    """How many mailboxes of the organisation *code* have a night in *days*, and how many it has."""
    codes = [body.code for body in plan.population.organisations]
    of_it = plan.population.organisation == codes.index(code)
    first, last = (day.toordinal() for day in days)
    # A night that begins on the day before touches the first of them, too.
    return int((of_it & (plan.days >= first - 1) & (plan.days <= last)).sum()), int(of_it.sum())


def _freeze(estate: Path, code: str, days: tuple[date, date]) -> None:
    content = yaml.safe_load(estate.read_text(encoding="utf-8"))
    freeze = {"first": days[0], "last": days[1], "why": "postponed", "scope": "organisation", "of": code}
    content["freezes"].append(freeze)
    estate.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def _planned(folder: Path, plan: Path) -> tuple[float, float]:
    """Plan *folder* by its own rules into the file *plan*: seconds by the clock, and of CPU. Raises Failed."""
    rules = ["-e", ENVIRONMENT, "--rules", str(folder)]
    command = ["mailwave", "wave", "plan", *rules, "--from", str(folder), "--to", str(plan)]
    began = time.monotonic()
    done = measured(command, ROOT, dict(os.environ))
    return time.monotonic() - began, done.cpu
