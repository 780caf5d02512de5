"""Several plays, or roles, in one run of Ansible: each start of it costs more than what these tests look at."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from mailwave.adapters.ansible import Ansible
from tests.playbooks.loopback import PLAYBOOKS
from tests.playbooks.servers import Served

NAME = "90_together"
_SETTINGS = f"""[defaults]
collections_path = {PLAYBOOKS / "collections"}:{PLAYBOOKS.parent / ".cache" / "collections"}
gathering = explicit
forks = 10
[inventory]
enable_plugins = mailwave.exchange.estate
"""
_LOGON = "{{ lookup('ansible.builtin.file', exchange_password_file) }}"


def importing(served: Served, *plays: str, **variables: Any) -> Ansible:
    """An Ansible whose one play, `NAME`, is those *plays* one after another."""
    return _written(
        served,
        [{"ansible.builtin.import_playbook": str(PLAYBOOKS / f"{play}.yml")} for play in plays],
        variables,
    )


def roles(served: Served, *names: str, **variables: Any) -> Ansible:
    """An Ansible whose one play, `NAME`, is those roles one after another, server by server."""
    play = {
        "hosts": "exchange_servers",
        "gather_facts": False,
        "serial": 1,
        "max_fail_percentage": 0,
        "roles": [f"mailwave.exchange.{name}" for name in names],
    }
    return _written(served, [play], variables)


def _written(served: Served, plays: Sequence[Mapping[str, Any]], variables: Mapping[str, Any]) -> Ansible:
    folder = served.endpoints.parent / "plays"
    folder.mkdir(exist_ok=True)
    (folder / f"{NAME}.yml").write_text(json.dumps(plays), encoding="utf-8")
    (folder / "ansible.cfg").write_text(_SETTINGS, encoding="utf-8")
    group = served.inventory.parent / "group_vars"
    group.mkdir(exist_ok=True)
    values = {"ansible_password": _LOGON, **variables}
    (group / "exchange_servers.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return Ansible(folder, served.inventory, served.endpoints, dry_run=False, seconds=300)
