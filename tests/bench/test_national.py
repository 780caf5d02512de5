"""The plain generator that the national estate is measured against."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bench.areas import national, national_plain
from bench.rows import ResultsDiffer
from rehearsal.national.estate import generate


def test_it_makes_as_many_columns(tmp_path: Path) -> None:
    """It should fill a column for each of the national estate's, and as many rows as it says."""
    made = national_plain.generate(2_000, tmp_path)
    for name, table in generate(7, 2_000).tables.items():
        if name in {"mailboxes", "permissions"}:
            with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as text:
                rows = list(csv.reader(text))
            assert made[name] == len(rows)
            assert {len(table.columns)} == {len(row) for row in rows}


def test_other_shapes_are_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should refuse to compare with a generator that makes fewer rights."""
    monkeypatch.setattr(national, "_ours", lambda _: national.Made(1.0, 1.0, 10, 1.3, 1e9))
    monkeypatch.setattr(national, "_plain", lambda _: national.Made(1.0, 1.0, 10, 1.0, 1e9))
    with pytest.raises(ResultsDiffer):
        list(national.rows(1_000))


def test_the_plain_seconds_count_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should multiply the seconds of the part, and give the peak memory without a baseline."""
    monkeypatch.setattr(national, "_ours", lambda _: national.Made(2.0, 900.0, 10, 1.3, 1e9))
    monkeypatch.setattr(national, "_plain", lambda _: national.Made(3.0, 50.0, 10, 1.3, 1e9))
    seconds, memory = national.rows(1_000)
    assert (2.0, 60.0, 30.0) == (seconds.ours, seconds.baseline, seconds.ratio)
    assert (900.0, None, "MB") == (memory.ours, memory.baseline, memory.unit)
