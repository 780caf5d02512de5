"""The rows of the simulated Exchange Online."""

from __future__ import annotations

import msgspec
import pytest

from bench.areas import exchange_online
from bench.rows import ResultsDiffer


def test_an_evening_has_seconds_and_no_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should measure in a process of its own, and claim no ratio."""
    monkeypatch.setattr(exchange_online, "RUNS", 1)

    (row,) = exchange_online.evening((20,))

    assert ("20 mailboxes", "s of CPU", None) == (row.workload.partition(",")[0], row.unit, row.ratio)
    assert 0 < row.ours < 5


def test_sockets_are_measured_against_the_model() -> None:
    """It should take the same calls both ways in one run, and find that sockets cost something."""
    move, one, page = exchange_online.sockets(20)

    for row in (move, one, page):
        assert row.baseline
        assert row.ratio
        assert row.ratio == pytest.approx(row.baseline / row.ours)
        assert row.ratio < 1
    assert move.workload.startswith("20 mailboxes, ")


def test_other_results_have_no_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should refuse to compare two runs that came to different states."""
    cost = {"move": 1.0, "one": 1.0, "page": 1.0, "calls": 3}
    said = {"model": cost | {"ended": {"Completed": 2}}, "sockets": cost | {"ended": {"Completed": 1}}}
    monkeypatch.setattr(exchange_online, "_printed", lambda *_: msgspec.json.encode(said))

    with pytest.raises(ResultsDiffer):
        next(exchange_online.sockets(2))
