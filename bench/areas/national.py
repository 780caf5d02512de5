"""Making the national estate at full size, against a plain Python generator of the same kind.

The plain one works row by row, so its time grows with the mailboxes; it makes a twentieth, and its seconds count twenty
times. It is spared what it would spend at full size on memory. The two draw different numbers, so what is compared
first is the shape: rights a mailbox, and the mean size.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import polars as pl

from bench.rows import ResultsDiffer, Row

ROOT = Path(__file__).resolve().parents[2]
AREA = "rehearsal estate"
MAILBOXES = 2_100_000
PART = 20
PAIRS = 3
_NEAR = 0.15
_KIB_A_MB = 1024


@dataclass(frozen=True)
class Made:
    """One run of a generator: seconds, peak memory of its process in MB, rights a mailbox, mean bytes."""

    seconds: float
    peak: float
    rights: int
    density: float
    mean: float


def rows(mailboxes: int = MAILBOXES) -> Iterator[Row]:
    """Two rows: the seconds, and the peak memory. Goals at full size: 60 s and 3 GB on two cores.

    Raises ResultsDiffer.
    """
    pairs = [(_ours(mailboxes), _plain(mailboxes // PART)) for _ in range(PAIRS)]
    for ours, plain in pairs:
        if abs(ours.density / plain.density - 1) > _NEAR or abs(ours.mean / plain.mean - 1) > _NEAR:
            raise ResultsDiffer(area=AREA, name="generate and write")
    workload = f"{mailboxes:,} mailboxes, {pairs[0][0].rights:,} rights, Parquet and digests"
    yield Row(
        area=AREA,
        name="generate and write",
        workload=workload,
        ours=statistics.median(ours.seconds for ours, _ in pairs),
        baseline=statistics.median(plain.seconds * PART for _, plain in pairs),
        baseline_name=f"plain Python, one {PART}th of it, times {PART}",
        ratio=statistics.median(plain.seconds * PART / ours.seconds for ours, plain in pairs),
        unit="s",
    )
    yield Row(
        area=AREA,
        name="peak memory",
        workload=workload,
        ours=max(ours.peak for ours, _ in pairs),
        baseline=None,
        baseline_name=None,
        ratio=None,
        unit="MB",
    )


def _ours(mailboxes: int) -> Made:
    """The command as people run it, with the start of its interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        _, peak = _run("rehearsal.national", "--seed", "7", "--mailboxes", str(mailboxes), "--out", folder)
        seconds = time.perf_counter() - began
        sizes = pl.read_parquet(Path(folder) / "mailboxes.parquet", columns=["size_bytes"])["size_bytes"]
        rights = pl.scan_parquet(Path(folder) / "permissions.parquet").select(pl.len()).collect().item()
    return Made(seconds, peak, rights, rights / mailboxes, float(sizes.sum()) / mailboxes)


class _Told(msgspec.Struct):
    """What the plain generator says of itself."""

    seconds: float
    permissions: int
    mean_bytes: float


def _plain(mailboxes: int) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        said, peak = _run("bench.areas.national_plain", str(mailboxes), folder)
    told = msgspec.json.decode(said, type=_Told)
    return Made(told.seconds, peak, told.permissions, told.permissions / mailboxes, told.mean_bytes)


def _run(*arguments: str) -> tuple[bytes, float]:
    """Run a module of this tree; what it printed, and its peak memory in MB. Its complaints are shown if it fails."""
    command = [sys.executable, "-m", *arguments]
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=complaints) as process:
            # wait4 gives the peak of this one child; getrusage would give the largest of all children so far.
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        complaints.seek(0)
        if process.returncode:
            sys.stderr.write(complaints.read().decode(errors="replace"))
            raise subprocess.CalledProcessError(process.returncode, command)
        return told.read(), used.ru_maxrss / _KIB_A_MB
