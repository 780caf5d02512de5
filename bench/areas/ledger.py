"""Importing the national estate from Parquet into a ledger, against the store's own bulk load of the same rows.

Ours reads the files, checks every row, makes the digest of the scope, loads, makes indexes and constraints, and writes
the journal; the baseline has its rows ready, as tuples for SQLite and as CSV for PostgreSQL, and only loads them. The
goal is at most 1.5 times its seconds (a ratio of 0.67 or more), with a peak under 3 GB. Seconds are the processor's, of
the command and of the server's process for it, as one waits for the disk and for whoever else is at work.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import msgspec
import polars as pl

from bench.areas.ledger_load import BARE, CONSTRAINED, OURS, Told
from bench.processes import Ran, run
from bench.rows import ResultsDiffer, Row
from rehearsal import postgresql

AREA = "ledger"
MAILBOXES = 2_360_000
"""The record move had 2.1 million; with these the generated estate has three million rights, too."""
SEED = 11
PAIRS = 3

BASELINES = {
    ("SQLite", BARE): "sqlite3 executemany of ready tuples, indexes made after",
    ("SQLite", CONSTRAINED): "sqlite3 executemany of ready tuples, every index in place",
    ("PostgreSQL", BARE): "COPY of ready CSV, indexes and constraints made after",
    ("PostgreSQL", CONSTRAINED): "COPY of ready CSV, every index and constraint in place",
}

NewUrl = Callable[[], str]


@dataclass(frozen=True)
class Loading:
    """Loads what is in *folder* into new databases, which are those of *server* where there is one."""

    folder: Path
    new_url: NewUrl
    server: postgresql.Server | None

    def load(self, how: str) -> tuple[Ran, Told]:
        """One load, in a process of its own; its processor seconds include the server's for it."""
        url = self.new_url()
        before = self._used()
        ran = run("bench.areas.ledger_load", how, str(self.folder), url)
        told = msgspec.json.decode(ran.said, type=Told)
        return ran, msgspec.structs.replace(told, processor=told.processor + self._used() - before)

    def _used(self) -> float:
        """Processor seconds of all processes of the server that have ended, as Linux adds them up."""
        if self.server is None:
            return 0.0
        lines = (self.server.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()
        fields = Path("/proc", lines[0], "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[13:15])) / os.sysconf("SC_CLK_TCK")


def rows(mailboxes: int = MAILBOXES, pairs: int = PAIRS) -> Iterator[Row]:
    """Three rows a database: against its own load in two ways, and the peak memory. Raises `ResultsDiffer`."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        run("rehearsal.national", "--seed", str(SEED), "--mailboxes", str(mailboxes), "--out", str(folder))
        rights = int(pl.scan_parquet(folder / "permissions.parquet").select(pl.len()).collect().item())
        workload = f"{mailboxes:,} mailboxes, {rights:,} rights, from Parquet"
        server = stack.enter_context(postgresql.running())
        numbers = count(1)
        stores: dict[str, NewUrl] = {
            "SQLite": lambda: f"sqlite:///{folder / f'ledger{next(numbers)}.db'}",
            "PostgreSQL": lambda: server.make(f"ledger{next(numbers)}"),
        }
        for store, new_url in stores.items():
            serving = server if store == "PostgreSQL" else None
            yield from _store(store, Loading(folder, new_url, serving), workload, pairs)
            for file in folder.glob("ledger*"):
                file.unlink()


def _store(store: str, loading: Loading, workload: str, pairs: int) -> Iterator[Row]:
    peak = 0.0
    for how, times in ((BARE, pairs), (CONSTRAINED, 1)):
        taken = []
        for _ in range(times):
            (ran, mine), (_, other) = (loading.load(each) for each in (OURS, how))
            if mine.rows != other.rows:
                raise ResultsDiffer(area=AREA, name=store)
            taken.append((mine.processor, other.processor))
            peak = max(peak, ran.peak)
        yield Row(
            area=AREA,
            name=f"import, {store}",
            workload=workload,
            ours=statistics.median(ours for ours, _ in taken),
            baseline=statistics.median(theirs for _, theirs in taken),
            baseline_name=BASELINES[store, how],
            ratio=statistics.median(theirs / ours for ours, theirs in taken),
            unit="s of processor",
        )
    yield Row(
        area=AREA,
        name=f"peak memory, {store}",
        workload=workload,
        ours=peak,
        baseline=None,
        baseline_name=None,
        ratio=None,
        unit="MB",
    )
