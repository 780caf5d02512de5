"""The evening's row."""

from __future__ import annotations

import pytest

from bench.areas import exchange_online


def test_a_row_has_seconds_and_no_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should measure in a process of its own, and claim no ratio."""
    monkeypatch.setattr(exchange_online, "RUNS", 1)

    (row,) = exchange_online.rows((20,))

    assert ("20 mailboxes", "s of CPU", None) == (row.workload.partition(",")[0], row.unit, row.ratio)
    assert 0 < row.ours < 5
