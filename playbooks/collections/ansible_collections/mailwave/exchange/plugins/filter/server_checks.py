# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Filters that turn what role server_reading has read into checks for mailwave.exchange.verdict. They only compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_baseline import BASELINE, version
from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_certificates import CERTIFICATES
from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_inventory import INVENTORY
from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_maintenance import MAINTENANCE
from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_mrs_proxy import MRS_PROXY, told
from ansible_collections.mailwave.exchange.plugins.plugin_utils.readings import (
    Case,
    Check,
    Reading,
    decided,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.server_values import registry_values

TOPICS: Mapping[str, Mapping[str, Check]] = {
    "baseline": BASELINE,
    "certificates": CERTIFICATES,
    "inventory": INVENTORY,
    "maintenance": MAINTENANCE,
    "mrs_proxy": MRS_PROXY,
}


def server_checks(
    reading: Mapping[str, Any],
    topic: str,
    wanted: Mapping[str, Any] | None = None,
    everybody: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """The checks of *topic* on one server's *reading*; *everybody* are the readings of all servers by name."""
    if topic not in TOPICS:
        raise AnsibleFilterError(f"server_checks has no topic {topic!r}; it has {', '.join(TOPICS)}")
    readings = {name: Reading(each) for name, each in (everybody or {}).items()}
    return decided(TOPICS[topic], Case(Reading(reading), wanted or {}, readings))


def server_version(reading: Mapping[str, Any]) -> str | None:
    """The version of Exchange on a server that was read: 2016, 2019 or SE; none where nobody can tell."""
    return version(Reading(reading))


class FilterModule:
    """What Ansible asks for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {
            "server_checks": server_checks,
            "server_version": server_version,
            "mrs_proxy_mark": told,
            "registry_values": registry_values,
        }
