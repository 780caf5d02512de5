"""The rows of forecasts."""

from __future__ import annotations

from bench.areas import forecast


def test_forecasts_against_plain_queues() -> None:
    """It should end each run in the same night as queues in plain Python do, and have the record move's weeks."""
    pair, *record = forecast.rows(runs=10, pairs=1)

    assert pair.ratio is not None
    assert ["published limits", "named grants"] == [
        row.name.removeprefix("record move: ") for row in record[:2]
    ]
    assert [69, 25, 39, 15, 11] == [int(row.ours) for row in record]
    assert all(row.ratio is None for row in record)
