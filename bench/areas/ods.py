"""Reading the NHS organisation files: every row checked, against a bare `csv` loop that checks nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from bench.rows import Row, pair
from mailwave.core import ods

FOLDER = Path(__file__).resolve().parents[2] / "rehearsal" / "data" / "ods"
_COLUMNS = [f"c{number}" for number in range(ods.COLUMNS)]


def rows() -> Iterator[Row]:
    """One row: the three files as downloaded."""
    exports = {f"{name}.csv": (FOLDER / f"{name}.csv").read_bytes() for name in ods.KINDS}
    lines = sum(data.count(b"\n") for data in exports.values())
    yield pair(
        area="import",
        name="ODS exports",
        workload=f"3 files, {lines} lines, to the codes of open organisations",
        ours=lambda: [found.code for found in ods.read_exports(exports)],
        baseline=lambda: [code for data in exports.values() for code in _bare(data)],
        baseline_name="csv.DictReader, no checks",
    )


def _bare(data: bytes) -> Iterator[str]:
    for row in csv.DictReader(io.StringIO(data.decode("latin-1")), fieldnames=_COLUMNS):
        if row["c12"] == "A" or (not row["c12"] and not row["c11"]):
            yield row["c0"]
