"""Whom no e-mail of a rehearsal reaches."""

from __future__ import annotations

from rehearsal.notify import astray

ADDRESSES = [f"person{n}@nhsmail.example" for n in range(20_000)]


def test_few_are_not_reached_and_always_the_same() -> None:
    """It should draw about one in a hundred by the seed and the address alone, a quarter of them full for now."""
    found = astray(7, ADDRESSES)

    assert 150 < len(found) < 250
    assert dict(found) == dict(astray(7, reversed(ADDRESSES)))
    assert found.keys() != astray(8, ADDRESSES).keys()
    full = sum(status == "temporary-failure" for status in found.values())
    assert 0.15 < full / len(found) < 0.35
