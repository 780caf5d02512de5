"""Address ranges that are refused before anything is planned."""

from __future__ import annotations

from typing import Any

import pytest

from infra.errors import BadSetting
from infra.settings.addresses import overlapping
from infra.settings.known_ranges import KNOWN
from tests.infra.foundation.shipped import production

GOOD: dict[str, Any] = {
    "space": "192.168.64.0/20",
    "subnets": {"endpoints": "192.168.64.0/26", "database": "192.168.64.64/28", "runners": "192.168.65.0/24"},
    "gateway": {
        "subnet": "192.168.79.0/27",
        "sites": [{"name": "leeds", "address": "198.51.100.10", "ranges": ["10.60.0.0/16"]}],
    },
}


def refused(**changed: object) -> BadSetting:
    with pytest.raises(BadSetting) as caught:
        production(network={**GOOD, **changed})
    return caught.value


def subnets(**changed: str) -> dict[str, str]:
    return {**GOOD["subnets"], **changed}


def sites(*ranges: str) -> dict[str, Any]:
    named = [
        {"name": f"site-{place}", "address": "198.51.100.10", "ranges": [each]}
        for place, each in enumerate(ranges)
    ]
    return {**GOOD["gateway"], "sites": named}


def test_takes_a_good_network() -> None:
    """It should take ranges that are inside and apart."""
    assert production(network=GOOD).network is not None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"subnets": subnets(database="192.168.64.32/28")},
            "has its subnet endpoints 192.168.64.0/26 overlapping its subnet database 192.168.64.32/28",
        ),
        (
            {"subnets": subnets(runners="192.168.80.0/24")},
            "has its subnet runners 192.168.80.0/24 outside its space 192.168.64.0/20",
        ),
        (
            {"subnets": subnets(runners="192.168.65.0/28")},
            "has its subnet runners 192.168.65.0/28 smaller than a /27",
        ),
        (
            {"gateway": sites("192.168.64.0/24")},
            "has its space 192.168.64.0/20 overlapping its site site-0 192.168.64.0/24",
        ),
        (
            {"gateway": sites("10.60.0.0/16", "10.60.8.0/24")},
            "has its site site-0 10.60.0.0/16 overlapping its site site-1 10.60.8.0/24",
        ),
    ],
)
def test_refuses_what_overlaps(changed: dict[str, Any], told: str) -> None:
    """It should name the key, both names and both ranges, and what is allowed."""
    error = refused(**changed)

    assert "mailwave:network" == error.key
    assert error.problem.endswith(f", which {told}")
    assert "192.168.0.0/16" in error.allowed


@pytest.mark.parametrize(
    ("space", "owner"),
    [
        ("10.20.0.0/16", "the Health and Social Care Network"),
        ("172.20.0.0/16", "the Health and Social Care Network"),
        ("40.100.0.0/16", "Exchange Online"),
        ("104.47.0.0/20", "the mail protection of Microsoft 365"),
        ("100.100.0.0/20", "Azure Container Apps itself"),
    ],
)
def test_refuses_what_others_own(space: str, owner: str) -> None:
    """It should name whose addresses these are."""
    first, second, _, _ = space.split(".")
    within = subnets(
        endpoints=f"{first}.{second}.0.0/26",
        database=f"{first}.{second}.0.64/28",
        runners=f"{first}.{second}.1.0/24",
    )

    error = refused(space=space, subnets=within, gateway=None)

    assert f"of {owner} (read on " in error.problem


@pytest.mark.parametrize("text", ["192.168.64.1/20", "192.168.64.0/33", "fd00::/64", "here"])
def test_refuses_what_is_no_range(text: str) -> None:
    """It should show the very key, the value, and what is allowed."""
    error = refused(space=text)

    assert "mailwave:network.space" == error.key
    assert text in error.problem
    assert "IPv4" in error.allowed


def test_a_control_plane_needs_a_network() -> None:
    """It should refuse runners and a database where there is no network to put them in."""
    with pytest.raises(BadSetting) as caught:
        production(network=None)

    assert "mailwave:control_plane" == caught.value.key
    assert "has no network to be in" in caught.value.problem


def test_known_ranges_say_where_they_are_from() -> None:
    """It should hold ranges with a source, apart from one another within each owner."""
    for known in KNOWN.values():
        assert known.source
        assert [] == list(overlapping({each: (each,) for each in known.ranges}))
