"""Folders with one small playbook, for tests of the process around a play rather than of what plays do."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ESTATE = ROOT / "environments" / "estate.rehearsal.yaml"

CONFIGURATION = f"""
[defaults]
collections_path = {ROOT / "playbooks" / "collections"}
[inventory]
enable_plugins = mailwave.exchange.estate
any_unparsed_is_failed = true
"""


ENDPOINTS: dict[str, object] = {
    "token": "https://login.microsoftonline.com",
    "exchange_online": "https://outlook.office365.com",
    "tenant": "9b424469-06f1-47ec-8522-46de505d3489",
    "credentials": {
        "exchange_online": {"client_id": "mailwave", "secret_file": "client-secret"},
        "sites": {"username": "migration@NHSMAIL.EXAMPLE", "secret_file": "site-password"},
        "notify": {"secret_file": "notify-key"},
    },
}


def write_endpoints(folder: Path) -> Path:
    """An endpoints file in *folder*, for plays that ask nobody: the inventory reads it all the same."""
    file = folder / "endpoints.json"
    file.write_text(json.dumps(ENDPOINTS), encoding="utf-8")
    return file


def write_play(folder: Path, *tasks: dict[str, object], hosts: str = "EX01", name: str = "50_small") -> Path:
    """A playbook of *tasks* in *folder*, which is returned."""
    folder.mkdir(exist_ok=True)
    (folder / "ansible.cfg").write_text(CONFIGURATION, encoding="utf-8")
    play = {"name": "Small", "hosts": hosts, "gather_facts": False, "tasks": list(tasks)}
    (folder / f"{name}.yml").write_text(json.dumps([play]), encoding="utf-8")
    return folder


def show(what: str) -> dict[str, object]:
    """A task that fails and says *what* Ansible makes of a text."""
    return {"name": "Show", "ansible.builtin.fail": {"msg": what}}


PAUSE: dict[str, object] = {"name": "Wait", "ansible.builtin.pause": {"seconds": 30}}
