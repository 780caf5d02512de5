"""The estate file as an inventory, by the command that everybody uses to look at one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
ESTATE = ROOT / "environments" / "estate.rehearsal.yaml"


def listed(file: Path, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("ansible-inventory")
    environment = {
        "PATH": os.environ["PATH"],
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_CONFIG": str(ROOT / "playbooks" / "ansible.cfg"),
        **variables,
    }
    command = [str(program), "-i", str(file), "--list"]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)


def test_hosts_and_groups(tmp_path: Path) -> None:
    """It should make a host of each server, a group of each site and of each DAG, and one host of the tenant."""
    result = listed(ESTATE, tmp_path)

    inventory: dict[str, Any] = json.loads(result.stdout)
    assert inventory["site_leeds"]["hosts"] == ["EX01", "EX02", "EX03"]
    assert inventory["site_bristol"]["hosts"] == ["EX11", "EX12"]
    assert inventory["dag_dag_leeds"]["hosts"] == ["EX01", "EX02", "EX03"]
    assert inventory["exchange_servers"]["children"] == ["site_leeds", "site_bristol"]
    assert inventory["exchange_online"]["hosts"] == ["exchange-online"]
    assert inventory["exchange_organisation"]["hosts"] == ["exchange-organisation"]
    organisation = inventory["_meta"]["hostvars"]["exchange-organisation"]
    assert [each["__ansible_unsafe"] for each in organisation["exchange_sites"]] == ["leeds", "bristol"]
    variables = inventory["_meta"]["hostvars"]["EX01"]
    # what a file says is data, never a template
    assert variables["exchange_fqdn"] == {"__ansible_unsafe": "ex01.leeds.nhsmail.example"}
    assert variables["exchange_site"] == {"__ansible_unsafe": "leeds"}
    assert inventory["_meta"]["hostvars"]["EX11"]["exchange_site"] == {"__ansible_unsafe": "bristol"}
    assert variables["ansible_connection"] == {"__ansible_unsafe": "local"}


def test_the_way_to_windows(tmp_path: Path) -> None:
    """It should lead Ansible's psrp connection to a server by the connection map, in the server's own name."""
    account = {"username": "X\\migration", "secret_file": str(tmp_path / "secret")}
    endpoints = tmp_path / "endpoints.json"
    nowhere = {"secret_file": str(tmp_path / "secret")}
    document = {
        "token": "https://login.microsoftonline.com",
        "exchange_online": "https://outlook.office365.com",
        "tenant": "9a3e1f80-5b1c-4c0e-9a57-6d2f0c1e7b11",
        "connect": {
            "login.microsoftonline.com:443": "127.0.0.1:4001",
            "outlook.office365.com:443": "127.0.0.1:4002",
            "ex01.leeds.nhsmail.example:5985": "127.0.0.1:4003",
        },
        "credentials": {
            "exchange_online": {"client_id": "x", **nowhere},
            "sites": account,
            "notify": nowhere,
        },
    }
    endpoints.write_text(json.dumps(document))

    result = listed(ESTATE, tmp_path, MAILWAVE_ENDPOINTS=str(endpoints))

    hosts: dict[str, Any] = json.loads(result.stdout)["_meta"]["hostvars"]

    def told(host: str, name: str) -> Any:
        value = hosts[host][name if name == "ansible_host" else f"ansible_psrp_{name}"]
        return value["__ansible_unsafe"] if isinstance(value, dict) else value

    assert (told("EX01", "ansible_host"), told("EX01", "port")) == ("127.0.0.1", 4003)
    assert told("EX01", "negotiate_hostname_override") == "ex01.leeds.nhsmail.example"
    assert (told("EX11", "ansible_host"), told("EX11", "port")) == ("ex11.bristol.nhsmail.example", 5985)
    assert (told("EX11", "user"), told("EX11", "ignore_proxy")) == ("X\\migration", False)


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


def test_a_site_that_leaves_is_in_no_other_play(tmp_path: Path) -> None:
    """It should keep its servers apart, with what the file says of it, and let a site that stays answer for all."""
    document = yaml.safe_load(ESTATE.read_text(encoding="utf-8"))
    document["sites"][0]["leaving"] = {"logs": "/srv/logs", "domains": ["leeds.example"]}
    file = tmp_path / ESTATE.name
    file.write_text(yaml.safe_dump(document), encoding="utf-8")

    inventory: dict[str, Any] = json.loads(listed(file, tmp_path).stdout)

    assert ["site_bristol"] == inventory["exchange_servers"]["children"]
    assert ["site_leeds"] == inventory["exchange_leaving"]["children"]
    hosts = inventory["_meta"]["hostvars"]
    assert {"__ansible_unsafe": "bristol"} == hosts["exchange-organisation"]["exchange_site"]
    told = hosts["EX01"]["exchange_leaving_told"]
    assert {"__ansible_unsafe": "/srv/logs"} == told["logs"]
    assert "exchange_leaving_told" not in hosts["EX11"]
