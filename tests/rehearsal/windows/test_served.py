"""The whole rehearsal's servers, reached by the unmodified ansible-core through the estate's own inventory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.served import ROOT, served

pytestmark = pytest.mark.conformance

PLAY = """
- name: One value on two servers
  hosts: EX01:EX02
  gather_facts: false
  vars:
    ansible_connection: psrp
    ansible_password: "{{ lookup('ansible.builtin.file', exchange_password_file) }}"
  tasks:
    - ansible.windows.win_regedit: {path: 'HKLM:\\SOFTWARE\\Made', name: V, data: 1, type: dword}
"""


def recap(folder: Path, endpoints: Path) -> list[str]:
    """What Ansible counts for each server."""
    environment = {
        "PATH": os.environ["PATH"],
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_CONFIG": str(ROOT / "playbooks" / "ansible.cfg"),
        "KRB5_CONFIG": os.environ["KRB5_CONFIG"],
        "MAILWAVE_ENDPOINTS": str(endpoints),
    }
    program = Path(sys.executable).with_name("ansible-playbook")
    inventory = ROOT / "environments" / "estate.rehearsal.yaml"
    command = [str(program), "-i", str(inventory), str(folder / "play.yml")]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    lines = [" ".join(line.split()[:6]) for line in done.stdout.splitlines() if " : ok=" in line]
    assert lines, done.stdout + done.stderr
    return lines


def test_servers_are_reached_and_come_back(tmp_path: Path) -> None:
    """It should reach each server by the connection map, and find after a new start what was changed before it."""
    (tmp_path / "play.yml").write_text(PLAY, encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    with served(home) as endpoints:
        first = recap(tmp_path, endpoints)
    (home / "endpoints.json").unlink()
    with served(home) as endpoints:
        second = recap(tmp_path, endpoints)

    assert first == [f"EX0{n} : ok=1 changed=1 unreachable=0 failed=0" for n in (1, 2)]
    assert second == [f"EX0{n} : ok=1 changed=0 unreachable=0 failed=0" for n in (1, 2)]
