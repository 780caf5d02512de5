"""What an evening costs."""

from __future__ import annotations

from rehearsal.exchange_online.evening import measure


def test_two_thousand_mailboxes_take_well_under_a_second() -> None:
    """It should move a batch of 2,000 from creation to completion in under a second of CPU."""
    cost = measure(2000)

    assert cost.seconds < 1
    assert 0 < cost.making < cost.syncing
    assert cost.days > 1
