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
