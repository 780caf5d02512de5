"""The comparison of our copy of Microsoft's address ranges with what Microsoft publishes."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from infra.ranges import DRIFT, differences, main
from infra.settings.known_ranges import KNOWN

PUBLISHED: list[dict[str, Any]] = [
    {"id": 1, "ips": [*KNOWN["exchange-online"].ranges, "2603:1006::/40"]},
    {"id": 9, "ips": ["40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "52.238.78.88/32", "104.47.0.0/17"]},
    {"id": 10, "ips": ["40.92.0.0/15"]},
    {"id": 31, "ips": ["13.107.136.0/22"]},
    {"id": 56},
]


def test_same_ranges_differ_in_nothing() -> None:
    """It should mind neither IPv6 nor the endpoint sets of other services."""
    assert [] == list(differences(PUBLISHED))


def test_names_what_is_new_and_what_is_gone() -> None:
    """It should name each range that only one side has, and whose it is."""
    changed = [{"id": 1, "ips": [*KNOWN["exchange-online"].ranges[1:], "203.0.113.0/24"]}, *PUBLISHED[1:]]

    new, gone = differences(changed)

    assert new.startswith("Exchange Online uses 203.0.113.0/24 now")
    assert gone.startswith("Exchange Online no longer uses 13.107.6.152/31")


@pytest.mark.parametrize(("published", "code"), [(PUBLISHED, 0), (PUBLISHED[1:], DRIFT)])
def test_code_tells_drift(
    published: list[dict[str, Any]], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should end with 0 where nothing differs, and with the code for drift where something does."""
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(published)))

    assert code == main()
