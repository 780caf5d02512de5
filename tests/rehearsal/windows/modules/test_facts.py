"""What a server says of itself."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.estate import START
from tests.rehearsal.windows.conftest import Server


def facts(server: Server, *subsets: str) -> dict[str, Any]:
    found: dict[str, Any] = server.run("ansible.windows.setup", gather_subset=list(subsets) or "all")[
        "ansible_facts"
    ]
    return found


def test_who_and_what(server: Server) -> None:
    """It should say its names, its Windows, its start and its environment, by the simulated clock."""
    found = facts(server)
    assert (found["ansible_hostname"], found["ansible_fqdn"]) == ("EX01", "ex01.leeds.nhsmail.example")
    assert found["ansible_distribution"] == "Microsoft Windows Server 2022 Standard"
    assert found["ansible_date_time"]["epoch"] == str(int(START.timestamp()))
    assert found["ansible_uptime_seconds"] == 20 * 24 * 3600
    assert found["ansible_env"]["EXCHANGEINSTALLPATH"].endswith("\\V15\\")


@pytest.mark.parametrize(
    ("subsets", "there", "missing"),
    [
        (("!all",), "ansible_hostname", "ansible_uptime_seconds"),
        (("!all", "uptime"), "ansible_uptime_seconds", "ansible_windows_domain"),
        (("!all", "!min", "uptime"), "ansible_uptime_seconds", "ansible_hostname"),
        (("!uptime",), "ansible_windows_domain", "ansible_uptime_seconds"),
    ],
)
def test_subsets(server: Server, subsets: tuple[str, ...], there: str, missing: str) -> None:
    """It should gather what is asked for and leave out the rest."""
    found = facts(server, *subsets)
    assert there in found
    assert missing not in found


def test_an_unknown_subset_is_a_warning(server: Server) -> None:
    """It should warn of a subset that there is not."""
    result = server.run("ansible.windows.setup", gather_subset=["nothing"])
    assert result["warnings"] == ["invalid value nothing specified in gather_subset"]


def test_ping(server: Server) -> None:
    """It should answer what it is given, and crash where that is asked for."""
    assert server.run("ansible.windows.win_ping", data="x")["ping"] == "x"
    assert server.run("ansible.windows.win_ping", data="crash")["msg"].endswith("boom")


def test_disks(server: Server) -> None:
    """It should show the size and the free space of each letter."""
    disks = server.run("community.windows.win_disk_facts")["ansible_facts"]["ansible_disks"]
    shown = {
        disk["partitions"][0]["drive_letter"]: (
            disk["size"],
            disk["partitions"][0]["volumes"][0]["size_remaining"],
        )
        for disk in disks
    }
    assert shown == {name: (disk.size, disk.free) for name, disk in server.machine.disks.items()}
    assert [disk["number"] for disk in disks if disk["system_disk"]] == [0]
