"""What was read of a server, what was not, and what the reads themselves may be."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ansible_collections.mailwave.exchange.plugins.plugin_utils.readings import (
    Case,
    Found,
    Reading,
    Unreadable,
    decided,
    version_of,
)

from exchange_admin.cmdlets import releases
from exchange_admin.port import is_read

ROLE = (
    Path(__file__).resolve().parents[3]
    / "playbooks/collections/ansible_collections/mailwave/exchange/roles/server_reading"
)


@pytest.mark.parametrize(
    ("build", "version"),
    [("15.1.2507.66", "2016"), ("15.2.1748.10", "2019"), ("15.2.2562.17", "SE"), ("15.2.2600.1", "SE")],
)
def test_version(build: str, version: str) -> None:
    """It should tell 2019 from SE by the build's number, as the two share 15.2 (fact D16)."""
    assert version == version_of(build)


def test_older() -> None:
    """It should refuse Exchange 2013, which no play is for."""
    with pytest.raises(ValueError, match=r"15\.0\.1497\.2"):
        version_of("15.0.1497.2")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "it was not read"),
        ({"build": {"unreachable": True, "msg": "no route"}}, "no route"),
        ({"build": {"msg": "access denied", "failed": False}}, "access denied"),
    ],
)
def test_not_read(data: dict[str, object], words: str) -> None:
    """It should take for unknown, never for absent, what no task read, whatever the reason."""
    reading = Reading(data)
    with pytest.raises(Unreadable, match=words):
        _ = reading.build

    (check,) = decided(
        {"build-unsupported": lambda case: Found(case.reading.build, "", holds=True)}, Case(reading, {}, {})
    )
    assert words in check["unknown"]
    assert "holds" not in check


def test_exchange_read_failed() -> None:
    """It should say which read of Exchange failed, and decide the others all the same."""
    reading = Reading({"exchange": {"readings": {"ews": {"error": "timed out"}, "health": {"rows": []}}}})

    assert reading.rows("health") == []
    with pytest.raises(Unreadable, match="ews: timed out"):
        reading.row("ews")
    with pytest.raises(Unreadable, match="health: 0 objects"):
        reading.row("health")
    with pytest.raises(Unreadable, match="servers"):
        reading.rows("servers")


def test_missing_key_is_no_failure() -> None:
    """It should tell a registry key that is not there from one that was not read."""
    results = [{"item": "HKLM:\\A", "exists": False}, {"item": "HKLM:\\B", "msg": "refused"}]
    reading = Reading({"registry": {"results": results}})

    assert reading.registry("hklm:\\a") is None
    assert reading.registry_value("HKLM:\\A", "x") is None
    for path in ("HKLM:\\B", "HKLM:\\C"):
        with pytest.raises(Unreadable):
            reading.registry(path)


def test_reads_exist_in_every_version() -> None:
    """It should ask for cmdlets and parameters that Exchange 2016, 2019 and SE all have, and only for reads."""
    reads = yaml.safe_load((ROLE / "vars/main.yml").read_text(encoding="utf-8"))["server_reading_exchange"]
    for read in reads.values():
        assert is_read(read["cmdlet"])
        for parameter in read.get("parameters", {"Identity": ""}):
            assert {"2016", "2019", "SE"} <= set(releases(read["cmdlet"], parameter)), read
