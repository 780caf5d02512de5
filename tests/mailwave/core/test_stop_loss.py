"""How much may go wrong in a wave before every wave is held."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.stop_loss import Budget, Counted, Ring, over_budget, ring_of

ONE = Budget(0.1, 1)
RINGS = tuple(Ring(name, until, ONE, ONE) for name, until in (("canary", 0.1), ("pilot", 0.5), ("full", 1)))


def a_wave(number: int, mailboxes: int) -> Wave:
    """A wave of so many mailboxes, in the night of that number."""
    start = datetime(2026, 9, 1, 20, tzinfo=UTC) + timedelta(days=number)
    batch = Batch(f"b{number}", "leeds", tuple(f"{number}-{n}" for n in range(mailboxes)))
    return Wave(f"W{number}", date(2026, 9, 1), start, start + timedelta(hours=8), (batch,))


def test_a_wave_is_in_the_first_ring_that_is_not_used_up() -> None:
    """It should go by the share of mailboxes in the waves before, whatever the order in the plan."""
    waves = [a_wave(number, size) for number, size in ((3, 40), (1, 10), (2, 10), (4, 40))]
    plan = Plan(waves=tuple(waves), unplanned=())

    assert ["canary", "pilot", "pilot", "full"] == [
        ring_of(RINGS, plan, wave).name for wave in ("W1", "W2", "W3", "W4")
    ]


@pytest.mark.parametrize(
    ("mailboxes", "counted", "accepted", "why"),
    [
        (100, Counted(10, 10), Counted(), ""),
        (100, Counted(11, 10), Counted(), "11 failures, of which ring canary allows 10"),
        (100, Counted(0, 11), Counted(), "11 contacts at the service desk, of which ring canary allows 10"),
        (5, Counted(1), Counted(), ""),
        (5, Counted(2), Counted(), "2 failures, of which ring canary allows 1"),
        (5, Counted(3), Counted(2), ""),
        (5, Counted(4), Counted(2), "2 failures, of which ring canary allows 1"),
    ],
)
def test_budgets_are_shares_with_a_least(
    mailboxes: int, counted: Counted, accepted: Counted, why: str
) -> None:
    """It should say what is over, count nothing that was accepted, and never fewer than the least."""
    assert why == over_budget(RINGS[0], mailboxes, counted, accepted)
