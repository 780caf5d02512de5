"""The measurement of readiness: the columns and the loop come to one verdict on each mailbox."""

from __future__ import annotations

from bench.areas import readiness


def test_all_rows_are_measured() -> None:
    """It should measure Parquet, CSV and one organisation, each against a baseline with the same verdicts."""
    found = list(readiness.rows(4_000, pairs=1))

    assert ["verdicts from parquet", "verdicts from csv", "one organisation again"] == [
        row.name for row in found
    ]
    assert all(row.ratio is not None and row.ratio > 0 for row in found)
