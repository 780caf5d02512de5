"""Two thousand mailboxes, over sockets and without."""

from __future__ import annotations

from pathlib import Path

from rehearsal.estate import generate
from rehearsal.exchange_online import calls

MAILBOXES = 2_000


def test_two_thousand_mailboxes_move_over_sockets_as_they_do_without(tmp_path: Path) -> None:
    """It should move one batch from creation to completion through TLS, by the calls and to the states of the model."""
    estate = generate(calls.SEED, calls.SIZE)
    addresses = [each.address for each in estate.mailboxes]
    model = calls.Called(estate)

    alone = calls.move(model, addresses)
    with calls.served(tmp_path) as door:
        served = calls.move(door, addresses)

    assert MAILBOXES == len(addresses) == sum(served.values())
    assert (alone, model.calls) == (served, door.calls)
    assert served["Completed"] > 0.95 * MAILBOXES


def test_a_move_has_its_price() -> None:
    """It should time the whole batch, one call and one page, and count the calls of the batch alone."""
    estate = generate(calls.SEED)
    addresses = [each.address for each in estate.mailboxes][:10]

    cost = calls.measure(calls.Called(estate), addresses)

    assert sum(cost.ended.values()) == len(addresses) < cost.calls < 100
    assert 0 < cost.one < cost.move
    assert 0 < cost.page < cost.move
