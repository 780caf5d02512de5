"""An evening as it is measured."""

from __future__ import annotations

from rehearsal.exchange_online.evening import measure


def test_an_evening_ends_when_everybody_has_moved() -> None:
    """It should take more than a day to sync 2,000 mailboxes, because the endpoint's slots make them wait."""
    cost = measure(2000)

    assert 2000 == cost.mailboxes
    assert cost.days > 1
