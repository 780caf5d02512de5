"""Services: what starts, what stops with it, and what is read again (fact B44)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rehearsal.site.machine_setup import REPLICATION_CONFIG
from tests.rehearsal.windows.conftest import Server

REPLICATION = "MSExchangeMailboxReplication"


def service(server: Server, **arguments: Any) -> dict[str, Any]:
    return server.run("ansible.windows.win_service", **{"name": REPLICATION, **arguments})


@pytest.fixture
def dependent(server: Server) -> Server:
    """MSExchangeTransport depends on MSExchangeADTopology."""
    transport = replace(server.machine.services["MSExchangeTransport"], depends_on=("MSExchangeADTopology",))
    server.machines.put(server.machine.with_service(transport))
    return server


def test_limits_take_effect_at_a_restart(server: Server) -> None:
    """It should have a service work by the file that it read when it last started."""
    server.put(REPLICATION_CONFIG, b"new")
    assert server.machine.services[REPLICATION].loaded[REPLICATION_CONFIG] != b"new"
    assert service(server, state="started")["changed"] is False
    assert service(server, state="restarted")["changed"] is True
    assert server.machine.services[REPLICATION].loaded[REPLICATION_CONFIG] == b"new"


def test_stop_start_and_start_mode(server: Server) -> None:
    """It should do what differs, and nothing the second time; check mode says the same and does nothing."""
    wanted = {"state": "stopped", "start_mode": "manual"}
    before = server.machine
    predicted = service(server, check=True, **wanted)
    assert server.machine is before
    applied = service(server, **wanted)
    assert predicted == applied
    assert (applied["changed"], applied["state"], applied["start_mode"]) == (True, "stopped", "manual")
    assert service(server, **wanted)["changed"] is False
    assert applied["diff"]["before"]["state"] == "started"
    assert (
        service(server, name="Microsoft Exchange Mailbox Replication", state="started")["name"] == REPLICATION
    )


def test_dependent_services(dependent: Server) -> None:
    """It should refuse to stop what another service needs, and with force stop and start both."""
    refused = service(dependent, name="MSExchangeADTopology", state="stopped")
    assert "because it has dependent services" in refused["msg"]
    forced = {"name": "MSExchangeADTopology", "force_dependent_services": True}
    restarted = service(dependent, state="restarted", **forced)
    assert restarted["depended_by"] == ["MSExchangeTransport"]
    assert dependent.machine.services["MSExchangeTransport"].started == dependent.clock.now
    service(dependent, state="stopped", **forced)
    assert dependent.machine.services["MSExchangeTransport"].state == "stopped"
    service(dependent, name="MSExchangeTransport", state="started")
    assert dependent.machine.services["MSExchangeADTopology"].state == "running"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            {"name": "Spooler"},
            "Service 'Spooler' is not installed, need to set 'path' to create a new service",
        ),
        ({"state": "absent"}, "Not modelled: services that become absent."),
        ({"state": "paused"}, "Not modelled: services that become paused."),
        (
            {"password": "x", "username": "y"},
            "Not modelled: the option password of ansible.windows.win_service.",
        ),
        ({"password": "x"}, "missing parameter(s) required by 'password': username"),
    ],
)
def test_refusals(server: Server, arguments: dict[str, Any], text: str) -> None:
    """It should say what is not there and what is not modelled."""
    result = service(server, **arguments)
    assert (result["failed"], result["msg"]) == (True, text)


def test_a_disabled_service_does_not_start(server: Server) -> None:
    """It should not start what is disabled, and say so only where it would really try (-WhatIf tries nothing)."""
    service(server, start_mode="disabled", state="stopped")
    text = "Failed to start service 'Microsoft Exchange Mailbox Replication (MSExchangeMailboxReplication)'."
    assert service(server, state="started", check=True)["changed"]
    assert service(server, state="started")["msg"].endswith(text)


def test_reading(dependent: Server) -> None:
    """It should tell of one service by name, of all, and of none."""

    def info(**arguments: Any) -> dict[str, Any]:
        return dependent.run("ansible.windows.win_service_info", **arguments)

    one = info(name="msexchangetransport")["services"][0]
    assert (one["state"], one["start_mode"], one["dependencies"]) == (
        "started",
        "auto",
        ["MSExchangeADTopology"],
    )
    assert one["username"] == "NT AUTHORITY\\NetworkService"
    assert [each["name"] for each in info()["services"]] == sorted(
        dependent.machine.services, key=str.casefold
    )
    assert info(name="Spooler") == {"changed": False, "exists": False, "services": []}
    assert info(name="MSEx*")["msg"] == "Not modelled: patterns in the name of a service."
