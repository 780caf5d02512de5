"""Address ranges of networks."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from rehearsal.cloud.addresses import networks, outside, overlap
from rehearsal.cloud.objects import Refusal

HUB = [ip_network("10.0.0.0/16"), ip_network("fd00::/48")]


def test_ranges_are_read_from_texts_and_lists() -> None:
    """It should read a range that is a text and one in a list."""
    document = {"addressPrefix": "10.0.0.0/24", "addressPrefixes": ["10.0.1.0/24"]}

    expected = [ip_network("10.0.0.0/24"), ip_network("10.0.1.0/24")]

    assert expected == networks(document, ["addressPrefix", "addressPrefixes"])


@pytest.mark.parametrize("text", ["10.0.0.1/24", "10.0.0.0/33", "hub"])
def test_wrong_range_is_refused(text: str) -> None:
    """It should refuse what is no range, and one whose address has bits beyond its length."""
    with pytest.raises(Refusal, match="is no address range"):
        networks({"a": text}, ["a"])


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("10.0.3.0/24", None),
        ("10.1.0.0/24", "10.1.0.0/24"),
        ("fd00::/64", None),
        ("10.0.0.0/15", "10.0.0.0/15"),
    ],
)
def test_outside(text: str, stray: str | None) -> None:
    """It should find what lies within no range of the same family."""
    assert (ip_network(stray) if stray else None) == outside([ip_network(text)], HUB)


def test_overlap() -> None:
    """It should find the first pair with addresses in common."""
    assert (ip_network("10.0.5.0/24"), HUB[0]) == overlap([ip_network("10.0.5.0/24")], HUB)
    assert overlap([ip_network("10.1.0.0/24")], HUB) is None
