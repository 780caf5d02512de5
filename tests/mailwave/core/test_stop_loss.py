"""How much may go wrong in a wave before every wave is held."""

from __future__ import annotations

import pytest

from mailwave.core.stop_loss import Budget, Counted, Ring, over_budget, ring_among

ONE = Budget(0.1, 1)
RINGS = tuple(Ring(name, until, ONE, ONE) for name, until in (("canary", 0.1), ("pilot", 0.5), ("full", 1)))


def test_a_wave_is_in_the_first_ring_that_is_not_used_up() -> None:
    """It should go by the share of mailboxes in the waves before."""
    sizes = [("W1", 10), ("W2", 10), ("W3", 40), ("W4", 40)]

    assert ["canary", "pilot", "pilot", "full"] == [ring_among(RINGS, sizes, name).name for name, _ in sizes]


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
