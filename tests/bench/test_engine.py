"""Evenings and campaigns in virtual time: the rows are of runs that end as drawn, or there are none."""

from __future__ import annotations

import pytest

from bench.areas import engine
from bench.evening.run import Shape
from bench.rows import ResultsDiffer
from mailwave.core.states import MailboxState


def test_a_small_engine_has_every_row() -> None:
    """It should run an evening, its plain loop, a weekend and a campaign with the nights equal, and measure each."""
    small = Shape(1, 2, 8)
    found = {row.name: row for row in engine.rows(small, Shape(2, 1, 4), Shape(2, 1, 1), unit=12)}

    assert [
        "admin calls a mailbox",
        "an evening, a mailbox",
        "steps a second",
        "a weekend",
        "a campaign by batches",
        "its nights by mailboxes",
    ] == list(found)
    assert "24 mailboxes, 2 nights, a unit is a batch of 12" == found["a campaign by batches"].workload
    loop = found["an evening, a mailbox"]
    assert loop.ratio is not None
    assert loop.ratio < 1


def test_an_evening_that_ends_otherwise_has_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should give no time for a run whose mailboxes did not end as drawn."""
    monkeypatch.setattr(engine, "_ends", lambda _: MailboxState.FAILED)

    with pytest.raises(ResultsDiffer, match="states"):
        next(engine.rows(Shape(1, 1, 5)))
