"""Who is tried after a wave, and what is said of a message by what became of it."""

from __future__ import annotations

import pytest

from mailwave.core.aftercare.delivery import (
    Boxes,
    Fate,
    Probe,
    Sampling,
    Standing,
    Way,
    judged,
    probes,
    sample,
)

BOXES = Boxes("check@x.example", "check@x.onmicrosoft.com")
PROBE = Probe("one", Way.IN, BOXES.premises, "a@x.example", "g1")


@pytest.mark.parametrize(
    ("standing", "said", "kind"),
    [
        (Standing.ARRIVED, "", None),
        (
            Standing.RETURNED,
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@x.example not",
            "mail-returned",
        ),
        (Standing.RETURNED, "554 5.4.6 Hop count exceeded - possible mail loop", "mail-looped"),
        (Standing.RETURNED, "554 5.4.14 Hop count exceeded", "mail-looped"),
        (Standing.RETURNED, "550 5.4.1 Recipient address rejected", "mail-returned"),
        (Standing.HELD, "Quarantined", "mail-held"),
        (Standing.ASTRAY, "", "mail-astray"),
        (Standing.UNDER_WAY, "450 4.4.316 Connection refused", "mail-not-arrived"),
        (Standing.UNSEEN, "", "mail-untraced"),
    ],
)
def test_each_fate_has_its_kind(standing: Standing, said: str, kind: str | None) -> None:
    """It should name what became of a message by its kind, with the reason and without the address after it."""
    found = judged(PROBE, Fate(standing, said))

    assert kind == (found.kind if found else None)
    assert found is None or "@" not in found.what


def test_the_sample_is_drawn_from_the_wave() -> None:
    """It should take the share, one at least and no more than the most, whoever else has moved by then."""
    guids = [f"g{n}" for n in range(200)]

    assert 20 == len(sample("W1", guids, Sampling(0.1, 50)))
    assert 5 == len(sample("W1", guids, Sampling(0.1, 5)))
    assert 1 == len(sample("W1", guids[:3], Sampling(0.001, 5)))
    assert [] == sample("W1", [], Sampling(0.5, 5))
    few = sample("W1", guids, Sampling(0.02, 50))
    assert few == sample("W1", reversed(guids), Sampling(0.02, 50))
    assert few != sample("W2", guids, Sampling(0.02, 50))


def test_messages_are_called_the_same_until_another_turn() -> None:
    """It should make one message a person and one out, of the same Message-IDs in a turn, and others in the next."""
    people = [("g1", "a@x.example"), ("g2", "b@x.example")]
    first, same, next_ = (probes("W1", turn, people, BOXES) for turn in (1, 1, 2))

    assert [Way.IN, Way.IN, Way.OUT] == [each.way for each in first]
    assert [each.message_id for each in first] == [each.message_id for each in same]
    assert not {each.message_id for each in first} & {each.message_id for each in next_}
    assert [] == probes("W1", 1, [], BOXES)
    assert first[-1].message_id.endswith("@x.onmicrosoft.com>")
