"""Premises as every play has left them: builds with their security updates, MRSProxy's limits set and marked.

What stands on the servers is written here in Windows' own terms; nothing of what checks it is asked.
"""

from __future__ import annotations

from dataclasses import replace

from rehearsal.clock import VirtualClock
from rehearsal.site.machine import FirewallRule, Machine, RegistryValue
from rehearsal.site.machine_setup import REPLICATION_CONFIG, REPLICATION_SERVICE, SETUP
from tests.playbooks.servers import Premises

MARKS = "HKLM\\SOFTWARE\\mailwave"
LIMIT = 320
"""What Microsoft's support page raises the limit to (fact B44)."""
RANGES = ("40.92.0.0/15", "52.100.0.0/14")
RULE = "Exchange Online to MRSProxy (TCP-In)"
UPDATES = {"15.1.2507": "15.1.2507.66", "15.2.1748": "15.2.1748.43", "15.2.2562": "15.2.2562.37"}
"""The security updates of February 2026 (fact D16)."""


def healthy() -> Premises:
    """Three servers of three versions with nothing wrong."""
    premises = Premises()
    for name in premises.names:
        premises.change(name, lambda machine: _prepared(machine, premises.clock))
    return premises


def _prepared(machine: Machine, clock: VirtualClock) -> Machine:
    build = UPDATES[machine.exchange.rpartition(".")[0]]
    updated = replace(machine, exchange=build).with_registry_value(
        SETUP, "MsiBuildMinor", RegistryValue(int(build.rpartition(".")[2]))
    )
    limited = with_limits(updated, f'MaxMRSConnections="{LIMIT}"', clock)
    marked = limited.with_registry_value(
        MARKS, "MrsProxyLimits", RegistryValue(f"MaxMRSConnections={LIMIT}", "REG_SZ")
    ).with_registry_value(MARKS, "MrsProxyBuild", RegistryValue(build, "REG_SZ"))
    return marked.with_firewall_rule(FirewallRule(RULE, ports=("443",), remote=RANGES))


def with_limits(machine: Machine, attribute: str, clock: VirtualClock) -> Machine:
    """*machine* with *attribute* where the number of connections stood, and its service started again."""
    content = machine.files[REPLICATION_CONFIG].content
    for present in (b'MaxMRSConnections="100"', f'MaxMRSConnections="{LIMIT}"'.encode()):
        content = content.replace(present, attribute.encode())
    written = machine.with_file(REPLICATION_CONFIG, content, clock.now)
    return written.service_started(REPLICATION_SERVICE, clock.now)
