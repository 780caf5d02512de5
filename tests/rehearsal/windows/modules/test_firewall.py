"""Rules of the firewall, such as who may reach MRSProxy (fact D18)."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.site.machine import FirewallRule
from tests.rehearsal.windows.conftest import Server

WANTED: dict[str, Any] = {
    "name": "mrsproxy",
    "localport": 443,
    "protocol": "tcp",
    "remoteip": "52.96.0.0/14, 40.96.0.0/13,LocalSubnet",
    "profiles": ["private", "domain"],
}


def rule(server: Server, **arguments: Any) -> dict[str, Any]:
    return server.run("community.windows.win_firewall_rule", **{**WANTED, **arguments})


def test_a_rule_is_made_once(server: Server) -> None:
    """It should make a rule as Windows keeps it, predict that, and find it whatever the order of addresses."""
    before = server.machine
    predicted = rule(server, check=True)
    assert server.machine is before
    assert predicted == rule(server)
    assert server.machine.firewall["mrsproxy"] == FirewallRule(
        "mrsproxy",
        ports=("443",),
        remote=("40.96.0.0/13", "52.96.0.0/14", "LocalSubnet"),
        profiles=("domain", "private"),
    )
    again = rule(server, remoteip="localsubnet,40.96.0.0/13,52.96.0.0/14")
    assert (again["changed"], again["msg"]) == (False, "Firewall rule(s) changed '' - unchanged 'mrsproxy'")


def test_only_what_is_named_changes(server: Server) -> None:
    """It should change the parts that the task names and keep the others."""
    rule(server)
    result = server.run("community.windows.win_firewall_rule", name="mrsproxy", action="block")
    assert result["diff"]["prepared"] == "[mrsproxy]\n-Action='1'\n+Action='0'\n"
    assert server.machine.firewall["mrsproxy"].ports == ("443",)
    assert server.machine.firewall["mrsproxy"].action == "block"


def test_a_rule_that_stands_there_is_not_touched(server: Server) -> None:
    """It should find a rule of set-up equal to itself."""
    name = "MSExchange - IIS (GFW) (TCP-In)"
    result = rule(server, name=name, localport="80,443", remoteip="any", profiles=None)
    assert (result["changed"], server.machine.firewall[name].remote) == (False, ("Any",))


def test_absent(server: Server) -> None:
    """It should remove a rule once."""
    rule(server)
    assert rule(server, state="absent")["msg"] == "Firewall rule(s) 'mrsproxy' removed."
    assert rule(server, state="absent")["msg"] == "Firewall rule 'mrsproxy' does not exist."
    assert "mrsproxy" not in server.machine.firewall


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"name": None}, "Either name or group must be specified"),
        ({"remoteip": "52.96.0.0/33"}, "Value does not fall within the expected range."),
        ({"remoteip": "outlook.office365.com"}, "Value does not fall within the expected range."),
        ({"localport": "99999"}, "Value does not fall within the expected range."),
        ({"protocol": "sctp"}, "Unknown protocol 'sctp'."),
        ({"profiles": ["home"]}, "Unknown profile 'home'."),
        ({"group": "x"}, "Not modelled: the option group of community.windows.win_firewall_rule."),
    ],
)
def test_refusals(server: Server, arguments: dict[str, Any], text: str) -> None:
    """It should refuse what Windows' firewall would not keep."""
    assert rule(server, **arguments)["msg"] == text
