"""The objects that a role keeps, worked out as Ansible would, without running it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible_collections.mailwave.exchange.plugins.filter.objects import FilterModule
from ansible_collections.mailwave.exchange.plugins.plugin_utils.engine import Wanted
from ansible_collections.mailwave.exchange.plugins.plugin_utils.entries import wanted

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ROOT / "playbooks"
ROLES = PLAYBOOKS / "collections/ansible_collections/mailwave/exchange/roles"
SERVERS = ("EX01", "EX02")

INVENTORY: Mapping[str, Any] = {
    "exchange_environment": "rehearsal",
    "exchange_tenant": "9b424469-06f1-47ec-8522-46de505d3489",
    "exchange_tenant_domain": "nhsmail.onmicrosoft.com",
    "exchange_routing_domain": "nhsmail.mail.onmicrosoft.com",
    "exchange_mail_domain": "nhsmail.example",
    "exchange_site": "leeds",
    "exchange_sites": ["leeds"],
    "exchange_fqdn": "ex01.leeds.nhsmail.example",
    "groups": {"exchange_servers": list(SERVERS)},
    "hybrid_trust_application": "5d0a6b4e-93c1-4f0e-8b1e-2f8a0c7d6e51",
}
"""What the inventory plugin says of a site of the rehearsal."""

KEPT = {
    "virtual_directories": ("exchange_servers", "virtual_directories_objects"),
    "receive_connector": ("exchange_servers", "receive_connector_objects"),
    "send_connectors": ("exchange_organisation", "send_connectors_objects"),
    "mail_domains": ("exchange_organisation", "mail_domains_objects"),
    "hybrid_trust": ("exchange_organisation", "hybrid_trust_objects"),
    "migration_account": ("exchange_organisation", "migration_account_policies + migration_account_objects"),
    "throttling_policy": ("exchange_organisation", "throttling_policy_policies + throttling_policy_objects"),
    "workload_overrides": ("exchange_organisation", "workload_overrides_objects"),
    "delegate_rights": ("exchange_organisation", "delegate_rights_objects"),
}
"""The group whose hosts each role is for, and its objects."""


@cache
def objects(role: str, server: str = "EX01", servers: tuple[str, ...] = SERVERS) -> tuple[Wanted, ...]:
    """The objects that *role* keeps for *server*, where the estate file lists *servers*."""
    group, expression = KEPT[role]
    known: dict[str, Any] = {
        **yaml_of(ROLES / role / "defaults" / "main.yml"),
        **INVENTORY,
        "groups": {"exchange_servers": list(servers)},
        "inventory_hostname": server,
        **yaml_of(PLAYBOOKS / "group_vars" / f"{group}.yml"),
        **yaml_of(ROLES / role / "vars" / "main.yml"),
    }
    templar = Templar(loader=DataLoader(), variables={name: _trusted(value) for name, value in known.items()})
    # the collection is on the import path already, so Ansible's own finder of collections cannot be used beside it
    for name, function in FilterModule().filters().items():
        templar._engine.environment.filters[f"mailwave.exchange.{name}"] = function
    entries = templar.template(trust_as_template("{{ " + expression + " }}"))
    return tuple(wanted(entry) for entry in entries)


def every(server: str = "EX01") -> list[Wanted]:
    """The objects of every role."""
    return [each for role in KEPT for each in objects(role, server)]


def yaml_of(file: Path) -> dict[str, Any]:
    """What *file* says; nothing where it is not there."""
    if not file.exists():
        return {}
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return found


def _trusted(value: Any) -> Any:
    if isinstance(value, str):
        return trust_as_template(value)
    if isinstance(value, list):
        return [_trusted(item) for item in value]
    if isinstance(value, dict):
        return {key: _trusted(item) for key, item in value.items()}
    return value
