"""Making the national estate at full size, against a plain Python generator of the same kind.

The plain one works row by row, so its time grows with the mailboxes; it makes a twentieth, and its seconds count twenty
times. It is spared what it would spend at full size on memory. The two draw different numbers, so what is compared
first is the shape: rights a mailbox, and the mean size.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import polars as pl

from bench.processes import run
from bench.rows import ResultsDiffer, Row

AREA = "rehearsal estate"
MAILBOXES = 2_100_000
PART = 20
PAIRS = 3
_NEAR = 0.15


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
        ran = run("rehearsal.national", "--seed", "7", "--mailboxes", str(mailboxes), "--out", folder)
        sizes = pl.read_parquet(Path(folder) / "mailboxes.parquet", columns=["size_bytes"])["size_bytes"]
        rights = pl.scan_parquet(Path(folder) / "permissions.parquet").select(pl.len()).collect().item()
    return Made(ran.seconds, ran.peak, rights, rights / mailboxes, float(sizes.sum()) / mailboxes)


class _Told(msgspec.Struct):
    """What the plain generator says of itself."""

    seconds: float
    permissions: int
    mean_bytes: float


def _plain(mailboxes: int) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        ran = run("bench.areas.national_plain", str(mailboxes), folder)
    told = msgspec.json.decode(ran.said, type=_Told)
    return Made(told.seconds, ran.peak, told.permissions, told.permissions / mailboxes, told.mean_bytes)
