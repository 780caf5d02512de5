"""The estate file as an inventory, by the command that everybody uses to look at one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
ESTATE = ROOT / "environments" / "estate.rehearsal.yaml"


def listed(file: Path, home: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("ansible-inventory")
    environment = {
        "PATH": os.environ["PATH"],
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_CONFIG": str(ROOT / "playbooks" / "ansible.cfg"),
    }
    command = [str(program), "-i", str(file), "--list"]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)


def test_hosts_and_groups(tmp_path: Path) -> None:
    """It should make a host of each server, a group of each site, and one host of the tenant."""
    result = listed(ESTATE, tmp_path)

    inventory: dict[str, Any] = json.loads(result.stdout)
    assert inventory["site_leeds"]["hosts"] == ["EX01", "EX02"]
    assert inventory["exchange_servers"]["children"] == ["site_leeds"]
    assert inventory["exchange_online"]["hosts"] == ["exchange-online"]
    variables = inventory["_meta"]["hostvars"]["EX01"]
    # what a file says is data, never a template
    assert variables["exchange_fqdn"] == {"__ansible_unsafe": "ex01.leeds.nhsmail.example"}
    assert variables["exchange_site"] == {"__ansible_unsafe": "leeds"}
    assert variables["ansible_connection"] == {"__ansible_unsafe": "local"}


def test_bad_file(tmp_path: Path) -> None:
    """It should name the key that is wrong, and end with an error."""
    file = tmp_path / "estate.rehearsal.yaml"
    file.write_text(ESTATE.read_text().replace("mail_domain:", "mail_domian:"))

    result = listed(file, tmp_path)

    assert result.returncode != 0
    assert "mail_domian" in result.stderr


def test_other_files_are_not_its_own(tmp_path: Path) -> None:
    """It should leave files of other names alone."""
    file = tmp_path / "hosts.yaml"
    file.write_text(ESTATE.read_text())

    assert "EX01" not in listed(file, tmp_path).stdout
