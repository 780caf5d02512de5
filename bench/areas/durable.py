"""A durable night that is killed, against a workflow a mailbox and against a checkpoint a poll."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

from bench.areas.durable_night import AT_ONCE
from bench.rows import ResultsDiffer, Row
from mailwave.adapters.durable import Dbos, Scratch
from mailwave.core.courses import EARLIEST, NEVER, Course, Step

AREA = "durable"
BATCHES, MAILBOXES, POLLS, KILLS = 200, 22_000, 600, 5
STEPS = 4
UNIT = "s of processor"
SAMPLE = 20
"""Batches with a checkpoint a poll that are replayed: each takes as long as any other."""

ROOT = Path(__file__).resolve().parents[2]


def rows(
    batches: int = BATCHES, mailboxes: int = MAILBOXES, polls: int = POLLS, kills: int = KILLS
) -> Iterator[Row]:
    """Goals: ten times fewer checkpoints, thirty times less to replay, at work within five seconds.

    Raises ResultsDiffer when a mailbox was lost or told twice.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        night = [str(number) for number in (batches, mailboxes, polls)]
        took = [_at_work(place, kill_at, night) for kill_at in (*_kills(mailboxes, polls, kills), 0)]
        _check(place, mailboxes, polls)
        workload = f"{batches} batches, {mailboxes} mailboxes, {polls} polls, killed {kills} times"
        by_clock, by_processor = (max(each) for each in zip(*took[1:], strict=True))
        yield _row("at work after a kill, the slowest", workload, by_clock, None, None, "s")
        yield _row("the processor until then, the most", workload, by_processor, None, None, UNIT)
        kept = _checkpoints(place / "durable.db")
        yield _row(
            "checkpoints", workload, kept, 2.0 * mailboxes, "a workflow a mailbox, of one step", "rows"
        )
    ours, theirs = _replayed(batches, STEPS) / batches, _replayed(SAMPLE, polls) / SAMPLE
    yield _row(
        "replay of a batch",
        f"{STEPS} checkpoints, and {polls}",
        ours * 1000,
        theirs * 1000,
        "a checkpoint a poll",
        f"m{UNIT}",
    )


def _row(name: str, workload: str, ours: float, baseline: float | None, told: str | None, unit: str) -> Row:
    ratio = None if baseline is None else baseline / ours
    return Row(AREA, name, workload, ours, baseline, told, ratio, unit)


def _kills(mailboxes: int, polls: int, kills: int) -> list[int]:
    """The tick of each process at which it dies: together they are random points of the whole night."""
    ticks = -(-mailboxes // AT_ONCE) + polls
    points = sorted(random.Random(7).sample(range(1, ticks), kills))  # noqa: S311 - a repeatable workload
    return [after - before for before, after in pairwise([0, *points])]


def _at_work(place: Path, kill_at: int, night: list[str]) -> list[float]:
    """Run the night until it is killed or over; return the seconds until it did anything, and the processor's."""
    command = [sys.executable, "-m", "bench.areas.durable_night", str(place), str(kill_at), *night]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seconds = [float(each) for each in process.stdout.readline().split()]
    if process.returncode != (-signal.SIGKILL if kill_at else 0):
        raise ResultsDiffer(area=AREA, name=f"the night killed at {kill_at} ended with {process.returncode}")
    return seconds


def _check(place: Path, mailboxes: int, polls: int) -> None:
    with closing(sqlite3.connect(place / "outside.db")) as outside:
        told = outside.execute("SELECT count(*), count(DISTINCT mailbox) FROM sent").fetchone()
        held = outside.execute("SELECT count(*) FROM users").fetchone()
        polled = outside.execute("SELECT count(*) FROM polls").fetchone()
    if (told, held, polled) != ((mailboxes, mailboxes), (mailboxes,), (polls,)):
        raise ResultsDiffer(area=AREA, name=f"told {told}, known {held}, polled {polled}")


def _checkpoints(file: Path) -> float:
    with closing(sqlite3.connect(file)) as kept:
        tables = ("workflow_status", "operation_outputs")
        return float(sum(kept.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables))  # noqa: S608


def _replayed(batches: int, steps: int) -> float:
    """The processor's seconds until *batches* of *steps* recorded steps each are back where they were."""

    def find(course: str) -> Course:
        done = [Step(f"step {number}", lambda: None) for number in range(steps)]
        return Course(course, [*done, Step("wait", lambda: NEVER)])

    with tempfile.TemporaryDirectory() as folder:
        durably = Dbos(Scratch(f"sqlite:///{folder}/durable.db"))
        used = 0.0
        for _ in range(2):
            with durably(find) as durable:
                began = time.process_time()
                for batch in range(batches):
                    durable.begin(f"batch {batch}")
                durable.turn(EARLIEST)
                used = time.process_time() - began
    return used
