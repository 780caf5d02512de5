"""Receive connectors: made, changed and removed, one server at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.clock import VirtualClock
from rehearsal.estate import START, Estate
from rehearsal.site import Site
from rehearsal.wire import CmdletCall, CmdletResult

Invoke = Callable[..., CmdletResult]

HYBRID: dict[str, Any] = {
    "Name": "Hybrid",
    "Server": "EX01",
    "Bindings": ["0.0.0.0:25"],
    "RemoteIPRanges": ["10.0.0.0/24"],
    "TransportRole": "FrontendTransport",
}


def only(result: CmdletResult) -> dict[str, Any]:
    """The one row of *result*."""
    assert result.errors == []
    (row,) = result.rows
    return row


def refusal(result: CmdletResult) -> str:
    """The text of the one error of *result*."""
    assert result.rows == []
    (error,) = result.errors
    return error.text


def test_servers_are_born_with_connectors(invoke: Invoke, estate: Estate) -> None:
    """It should give each server the five connectors that set-up makes."""
    assert len(invoke("Get-ReceiveConnector").rows) == 5 * len(estate.site.servers)
    rows = invoke("Get-ReceiveConnector", Server="ex02").rows
    assert {"EX02"} == {row["Server"] for row in rows}
    assert "EX02\\Default Frontend EX02" in {row["Identity"] for row in rows}


def test_a_connector_is_made_on_one_server(invoke: Invoke) -> None:
    """It should make a connector on the server named, and return it with its defaults."""
    made = only(invoke("New-ReceiveConnector", **HYBRID, MaxMessageSize="40MB", RequireTLS=True))
    assert ("EX01\\Hybrid", "40 MB (41,943,040 bytes)", "Tls", True) == (
        *(made["Identity"], made["MaxMessageSize"], made["AuthMechanism"], made["RequireTLS"]),
    )
    assert made == only(invoke("Get-ReceiveConnector", Identity="ex01\\hybrid"))
    assert "couldn't be found" in refusal(invoke("Get-ReceiveConnector", Identity="EX02\\Hybrid"))


def test_a_name_is_taken_once(invoke: Invoke) -> None:
    """It should refuse a second connector of one name on one server, not on another."""
    only(invoke("New-ReceiveConnector", **HYBRID))
    assert "already exists" in refusal(invoke("New-ReceiveConnector", **HYBRID))
    only(invoke("New-ReceiveConnector", **HYBRID | {"Server": "EX02"}))
    assert "multiple entries" in refusal(invoke("Get-ReceiveConnector", Identity="Hybrid"))


def test_roles_cannot_share_a_binding(invoke: Invoke) -> None:
    """It should refuse to listen where a connector of the other transport role listens."""
    text = refusal(invoke("New-ReceiveConnector", **HYBRID | {"TransportRole": "HubTransport"}))
    assert "Default Frontend EX01" in text
    assert "different Transport roles" in text


def test_connectors_cannot_share_binding_and_range(invoke: Invoke) -> None:
    """It should refuse the same remote addresses on the same binding."""
    only(invoke("New-ReceiveConnector", **HYBRID))
    assert "Hybrid" in refusal(invoke("New-ReceiveConnector", **HYBRID | {"Name": "Other"}))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"AuthMechanism": "Tls, ExternalAuthoritative"}, "ExchangeServers"),
        ({"AuthMechanism": "BasicAuthRequireTLS"}, "BasicAuth and Tls"),
        ({"AuthMechanism": "Smoke"}, "AuthMechanism"),
        ({"Bindings": ["0.0.0.0"]}, "Bindings"),
        ({"Bindings": ["0.0.0.0:70000"]}, "Bindings"),
        ({"RemoteIPRanges": ["10.0.0.9-10.0.0.1"]}, "RemoteIPRanges"),
        ({"RemoteIPRanges": ["10.0.0.1/24"]}, "RemoteIPRanges"),
        ({"RemoteIPRanges": None}, "missing mandatory parameters: RemoteIPRanges"),
        ({"MaxMessageSize": "much"}, "MaxMessageSize"),
        ({"ConnectionTimeout": "soon"}, "ConnectionTimeout"),
        ({"RequireTLS": "True"}, "Boolean"),
        ({"TransportRole": "Cafeteria"}, "TransportRole"),
        ({"Usage": "Internal", "Partner": True}, "Parameter set"),
    ],
)
def test_bad_settings_are_refused(invoke: Invoke, settings: dict[str, Any], said: str) -> None:
    """It should refuse what Exchange would, name the parameter, and make nothing."""
    assert said in refusal(invoke("New-ReceiveConnector", **HYBRID | settings))
    assert invoke("Get-ReceiveConnector", Identity="EX01\\Hybrid").errors


def test_a_usage_brings_its_groups(invoke: Invoke) -> None:
    """It should set groups and means by the usage, and let the caller's own win."""
    made = only(
        invoke("New-ReceiveConnector", **HYBRID, Usage="Internal", PermissionGroups=["ExchangeServers"])
    )
    assert ("ExchangeServers", "Tls, ExchangeServer") == (made["PermissionGroups"], made["AuthMechanism"])


def test_flags_are_shown_in_order(invoke: Invoke) -> None:
    """It should show flags in Exchange's order and spelling, however they were written."""
    made = only(invoke("New-ReceiveConnector", **HYBRID, PermissionGroups="exchangeservers,AnonymousUsers"))
    assert made["PermissionGroups"] == "AnonymousUsers, ExchangeServers"


def test_a_change_changes_what_it_names(invoke: Invoke) -> None:
    """It should change the properties given and leave the others."""
    before = only(invoke("New-ReceiveConnector", **HYBRID))
    changes = {
        "MaxInboundConnection": "Unlimited",
        "Banner": "220 hello",
        "RemoteIPRanges": {"Add": "10.1.1.1"},
    }
    assert invoke("Set-ReceiveConnector", Identity="EX01\\Hybrid", **changes) == CmdletResult()
    expected = before | {
        "MaxInboundConnection": "Unlimited",
        "Banner": "220 hello",
        "RemoteIPRanges": ["10.0.0.0/24", "10.1.1.1"],
    }
    assert expected == only(invoke("Get-ReceiveConnector", Identity="EX01\\Hybrid"))


def test_no_change_is_warned_about(invoke: Invoke) -> None:
    """It should say that nothing was changed where every value is what it was."""
    only(invoke("New-ReceiveConnector", **HYBRID))
    result = invoke("Set-ReceiveConnector", Identity="EX01\\Hybrid", RemoteIPRanges=["10.0.0.0/24"])
    assert "no settings of 'EX01\\Hybrid' have been modified" in result.warnings[0]


def test_a_text_can_be_cleared_and_a_number_cannot(invoke: Invoke) -> None:
    """It should clear a text by no value and refuse to clear a number."""
    only(invoke("New-ReceiveConnector", **HYBRID, Banner="220 hello"))
    assert invoke("Set-ReceiveConnector", Identity="EX01\\Hybrid", Banner=None) == CmdletResult()
    assert "MaxHopCount" in refusal(invoke("Set-ReceiveConnector", Identity="EX01\\Hybrid", MaxHopCount=None))


def test_a_connector_can_be_renamed(invoke: Invoke) -> None:
    """It should carry the new name into the identity, and refuse one that is taken."""
    guid = only(invoke("New-ReceiveConnector", **HYBRID))["Guid"]
    invoke("Set-ReceiveConnector", Identity="EX01\\Hybrid", Name="From the cloud")
    assert guid == only(invoke("Get-ReceiveConnector", Identity="EX01\\From the cloud"))["Guid"]
    taken = invoke("Set-ReceiveConnector", Identity=str(guid), Name="Default EX01")
    assert "already exists" in refusal(taken)


def test_removal_asks_first(invoke: Invoke) -> None:
    """It should ask for confirmation, which nobody can give over this channel, unless told not to."""
    only(invoke("New-ReceiveConnector", **HYBRID))
    assert "Are you sure" in refusal(invoke("Remove-ReceiveConnector", Identity="EX01\\Hybrid"))
    only(invoke("Get-ReceiveConnector", Identity="EX01\\Hybrid"))
    assert invoke("Remove-ReceiveConnector", Identity="EX01\\Hybrid", Confirm=False) == CmdletResult()
    assert invoke("Get-ReceiveConnector", Identity="EX01\\Hybrid").errors


def test_what_if_does_nothing(invoke: Invoke) -> None:
    """It should change nothing when asked what would happen."""
    assert invoke("New-ReceiveConnector", **HYBRID, WhatIf=None) == CmdletResult()
    only(invoke("New-ReceiveConnector", **HYBRID))
    assert (
        invoke("Set-ReceiveConnector", Identity="EX01\\Hybrid", Enabled=False, WhatIf=True) == CmdletResult()
    )
    assert invoke("Remove-ReceiveConnector", Identity="EX01\\Hybrid", WhatIf=True) == CmdletResult()
    assert only(invoke("Get-ReceiveConnector", Identity="EX01\\Hybrid"))["Enabled"] is True


def test_the_same_calls_give_the_same_site(invoke: Invoke, estate: Estate) -> None:
    """It should make the same objects from the same calls, so that a replay rebuilds them."""
    other = Site(estate, VirtualClock(START)).invoke(CmdletCall("me", "New-ReceiveConnector", dict(HYBRID)))
    assert only(invoke("New-ReceiveConnector", **HYBRID)) == only(other)
