"""The campaign's core against a simpy process for each mailbox: the same plan, draws and rules, and equal counts.

The ratio grows with the number of mailboxes, since a day of the core has a price of its own; it is measured at two
sizes. The whole national campaign has no such baseline: simpy would take hours.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.areas.campaign_processes import Processes
from bench.rows import ResultsDiffer, Row, pair
from rehearsal.campaign import estate, profile
from rehearsal.campaign.run import run
from rehearsal.campaign.world import World

AREA = "rehearsal"
SIZES = ((30_000, 5), (100_000, 1))
"""Mailboxes, and pairs of runs."""
SCALED_FOR = 30_000
SEED = 7
ROOT = Path(__file__).resolve().parents[2]
CRASH_DAY = 90
NATIONAL = ("--profile", "record-move", "--seed", str(SEED))
SMALL: dict[str, Any] = {
    "weeks": 7,
    "endpoints": 2,
    "initial_slots_tenant": 450,
    "initial_slots": 300,
    "incremental_slots": 900,
    "gb_per_hour_tenant": 180,
    "mailboxes_weekday": 1050,
    "mailboxes_weekend_day": 1950,
}
"""The record move's limits, made small with 30,000 mailboxes."""
FIXED = ("weeks", "endpoints")
"""Those that do not grow with the mailboxes."""

Counts = tuple[int, int, int, int]


def rows() -> Iterator[Row]:
    """A row for each size, and two for the nation: from the first night to the last, and killed on the way."""
    for count, pairs in SIZES:
        yield against_processes(count, pairs)
    yield from national()


def against_processes(count: int, pairs: int) -> Row:
    """*count* mailboxes under limits made small with them."""
    grown = {name: limit if name in FIXED else limit * count // SCALED_FOR for name, limit in SMALL.items()}
    small = replace(profile.load("record-move"), **grown)
    mailboxes = estate.made_up(count, seed=SEED)
    return pair(
        area=AREA,
        name=f"campaign of {count:,}",
        workload=f"{count:,} mailboxes, {small.weeks} weeks, profile record-move made small",
        ours=lambda: ours(mailboxes, small),
        baseline=lambda: Processes(World(mailboxes, small, SEED)).run(),
        baseline_name="simpy, a process a mailbox",
        pairs=pairs,
    )


def national(*options: str) -> Iterator[Row]:
    """2.1 million mailboxes, 26 weeks, in processes of their own: without trouble, and killed by SIGKILL and resumed.

    Both have failures, refusals and a replan a day. Raises ResultsDiffer if their event logs are not the same.
    """
    with TemporaryDirectory() as folder:
        log = ("--log", f"{folder}/log")
        whole, expected = _campaign(*options)
        before, _ = _campaign(*options, *log, "--crash-on", str(CRASH_DAY), ended=-signal.SIGKILL)
        after, found = _campaign(*options, *log)
    if found != expected:
        raise ResultsDiffer(area=AREA, name="national campaign, killed")
    workload = f"26 weeks, profile record-move, seed {SEED}"
    yield Row(AREA, "national campaign", workload, whole, None, None, None, "s")
    killed = f"{workload}, SIGKILL on day {CRASH_DAY}"
    ours = before + after
    yield Row(AREA, "national campaign, killed", killed, ours, whole, "without a crash", whole / ours, "s")


def _campaign(*options: str, ended: int = 0) -> tuple[float, str]:
    """Run one campaign that ends with the code *ended*; its seconds of real time and what it said of its log."""
    command = [sys.executable, "-m", "rehearsal.campaign", *NATIONAL, *options]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - began
    if done.returncode != ended:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return seconds, done.stdout.rpartition("sha256 ")[2][:64]


def ours(mailboxes: estate.Mailboxes, small: profile.Profile, *, seed: int = SEED) -> Counts:
    """What came of the campaign: moved, failed, left over, incremental syncs."""
    summary = run(mailboxes, small, seed=seed).summary
    return summary.moved, summary.failed, summary.deferred, summary.increments
