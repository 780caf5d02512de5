"""What a measurement is, without looking at a clock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.areas import rehearsal
from bench.rows import ResultsDiffer, pair


def test_different_results_are_not_timed() -> None:
    """It should refuse to compare two things that do not do the same."""
    with pytest.raises(ResultsDiffer):
        pair(area="a", name="n", workload="w", ours=lambda: 1, baseline=lambda: 2, baseline_name="b")


def test_the_ratio_says_how_many_times_faster_ours_is() -> None:
    """It should be above 1 when the baseline takes longer."""
    row = pair(
        area="a",
        name="n",
        workload="w",
        ours=lambda: 0,
        baseline=lambda: sum(range(300_000)) * 0,
        baseline_name="b",
    )
    assert row.ratio is not None
    assert row.ratio > 1


def test_the_rehearsals_phases_are_compared_with_an_earlier_run(tmp_path: Path) -> None:
    """It should give each phase and their sum, and a baseline only where an earlier run measured the same phase."""
    summary = tmp_path / "summary.json"
    summary.write_text(
        json.dumps({"seconds": {"plan": 2.0, "move": 4.0}, "planned": 500, "moved": 460, "more": 1})
    )
    rows = list(rehearsal.rows(summary, earlier={("rehearsal", "move"): 6.0}))
    assert [(row.name, row.ours, row.baseline, row.ratio) for row in rows] == [
        ("plan", 2.0, None, None),
        ("move", 4.0, 6.0, 1.5),
        ("all phases", 6.0, None, None),
    ]


def test_no_rehearsal_is_no_row(tmp_path: Path) -> None:
    """It should invent nothing when no rehearsal has finished."""
    assert list(rehearsal.rows(tmp_path / "summary.json")) == []
