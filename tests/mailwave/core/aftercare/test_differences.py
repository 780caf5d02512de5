"""How much of what is not as promised people are shown."""

from __future__ import annotations

from mailwave.core.aftercare.differences import SHOWN, Difference, first


def test_the_first_of_each_kind_are_shown() -> None:
    """It should show as many of each kind, in their order, and count the rest of those kinds that have more."""
    many = [Difference("address-lost", f"g{n}", f"a{n}@x.example") for n in range(22_000)]
    few = [Difference("not-there", f"h{n}", f"b{n}@x.example") for n in range(SHOWN)]

    shown, more = first([*few[:3], *many, *few[3:]])

    assert [*few[:3], *many[:SHOWN], *few[3:]] == shown
    assert {"address-lost": 22_000 - SHOWN} == more
    assert ([], {}) == first([])
