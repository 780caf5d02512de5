"""The unmodified ansible-core runs the unmodified Windows modules' arguments against a simulated server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal.site.machine import RegistryValue
from rehearsal.site.machine_setup import REPLICATION_CONFIG, SCHANNEL
from rehearsal.windows.specification import COLLECTIONS
from tests.rehearsal.windows.conftest import PASSWORD, USER, Server, on_loopback

pytestmark = pytest.mark.conformance

KINDS = "none, binary, dword, expandstring, multistring, string, qword"
TLS = f"{SCHANNEL}\\TLS 1.2\\Server"

PLAY = """
- name: Each listed module that changes something, and some that read
  hosts: EX01
  gather_facts: false
  tasks:
    - ansible.windows.win_ping:
    - ansible.builtin.setup: {gather_subset: ["!all", min]}
    - ansible.windows.win_regedit:
        {path: 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Server',
         name: Enabled, data: 1, type: dword}
    - ansible.windows.win_reg_stat:
        {path: 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Lsa', name: LmCompatibilityLevel}
    - community.windows.win_xml:
        path: C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Bin\\MSExchangeMailboxReplication.exe.config
        xpath: /configuration/MRSProxyConfiguration
        type: attribute
        attribute: MaxMRSConnections
        fragment: "200"
      notify: restarted
    - community.windows.win_firewall_rule:
        {name: mrsproxy, localport: 443, remoteip: '52.96.0.0/14,40.96.0.0/13', protocol: tcp, direction: in,
         action: allow, state: present, enabled: true}
    - ansible.windows.win_file: {path: 'C:\\ProgramData\\mailwave', state: directory}
    - ansible.windows.win_copy: {content: "kept\\r\\n", dest: 'C:\\ProgramData\\mailwave.txt'}
    - community.windows.win_lineinfile: {path: 'C:\\ProgramData\\mailwave.ini', line: limit=200, create: true}
    - ansible.windows.win_service: {name: W3SVC, start_mode: delayed}
    - ansible.windows.win_certificate_info:
  handlers:
    - name: restarted
      ansible.windows.win_service: {name: MSExchangeMailboxReplication, state: restarted}
"""

ODD = """
- name: What is refused, and what only a plugin does
  hosts: EX01
  gather_facts: false
  ignore_errors: true
  tasks:
    - ansible.windows.win_service: {name: W3SVC, state: started, stat: x}
    - ansible.windows.win_regedit: {path: 'HKLM:\\SOFTWARE\\X', type: word}
    - ansible.windows.win_stat: {path: 'C:\\', get_size: perhaps}
    - ansible.windows.win_file: {state: directory}
    - ansible.windows.win_shell: whoami
    - ansible.builtin.raw: whoami
    - ansible.windows.win_service: {name: W3SVC, description: Web}
    - ansible.windows.win_ping:
      become: true
      become_method: runas
      become_user: SYSTEM
    - ansible.windows.win_copy: {content: kept, dest: 'C:\\ProgramData\\kept.txt'}
    - ansible.builtin.slurp: {src: 'C:\\ProgramData\\kept.txt'}
    - ansible.builtin.fetch: {src: 'C:\\ProgramData\\kept.txt', dest: fetched, flat: true}
    - ansible.windows.win_reboot:
"""


def play(folder: Path, port: int, text: str, *options: str) -> list[tuple[str, dict[str, Any]]]:
    """Run the play *text*; return for each task, in order, the word that Ansible has for its end, and its result."""
    (folder / "play.yml").write_text(text, encoding="utf-8")
    inventory = {
        "all": {
            "hosts": {"EX01": {"ansible_psrp_host": "127.0.0.1", "ansible_psrp_port": port}},
            "vars": {
                "ansible_connection": "psrp",
                "ansible_psrp_protocol": "http",
                "ansible_psrp_ignore_proxy": True,
                "ansible_user": USER,
                "ansible_password": PASSWORD,
            },
        }
    }
    (folder / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
    environment = {
        "PATH": os.environ["PATH"],
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS.parent),
        "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.oneline",
        "ANSIBLE_DEPRECATION_WARNINGS": "false",
    }
    program = Path(sys.executable).with_name("ansible-playbook")
    command = [str(program), "-i", "inventory.json", "play.yml", *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = re.findall(r"^EX01 \| (\w+)!? => (\{.*\})$", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return [(word, json.loads(result)) for word, result in found]


def words(results: list[tuple[str, dict[str, Any]]]) -> str:
    return " ".join(word for word, _ in results)


def test_check_mode_predicts_then_changes_then_none(server: Server, tmp_path: Path) -> None:
    """It should predict in check mode what the next run does, change nothing by it, and change nothing twice."""
    off = RegistryValue(0)
    server.machines.put(server.machine.with_registry_value(TLS, "Enabled", off))
    before = server.machine
    with on_loopback(server) as port:
        predicted = play(tmp_path, port, PLAY, "--check", "--diff")
        assert server.machine == before
        applied = play(tmp_path, port, PLAY, "--diff")
        server.calls.clear()
        again = play(tmp_path, port, PLAY)

    expected = (
        "SUCCESS SUCCESS CHANGED SUCCESS CHANGED CHANGED CHANGED CHANGED CHANGED CHANGED SUCCESS CHANGED"
    )
    assert words(predicted) == expected
    assert words(applied) == expected
    assert set(words(again).split()) == {"SUCCESS"}
    assert server.machine.registry.value(TLS, "Enabled") == RegistryValue(1)
    assert b'MaxMRSConnections="200"' in server.machine.files[REPLICATION_CONFIG].content
    loaded = server.machine.services["MSExchangeMailboxReplication"].loaded[REPLICATION_CONFIG]
    assert loaded == server.machine.files[REPLICATION_CONFIG].content
    assert server.machine.files["C:\\ProgramData\\mailwave.txt"].content == b"kept\r\n"
    assert server.machine.services["W3SVC"].start_mode == "delayed"


def test_refusals_and_plugins(server: Server, tmp_path: Path) -> None:
    """It should refuse in the module's words, say what is not modelled, and carry out what plugins do by scripts."""
    started = server.machine.started
    with on_loopback(server) as port:
        results = play(tmp_path, port, ODD)

    said = [result.get("msg") or result.get("stderr", "") for word, result in results if word == "FAILED"]
    assert [text.partition("\r")[0] for text in said] == [
        said[0],
        f"value of type must be one of: {KINDS}. Got no match for: word",
        said[2],
        "Get-AnsibleParam: Missing required argument: path",
        "Not modelled: the module ansible.windows.win_shell.",
        "non-zero return code",
        "Not modelled: the option description of ansible.windows.win_service.",
        "Not modelled: tasks that become another user.",
    ]
    assert said[0].startswith(
        "Unsupported parameters for (win_service) module: stat. Supported parameters include:"
    )
    assert said[2].startswith(
        "argument for get_size is of type System.String and we were unable to convert to bool: The value 'perhaps'"
    )
    assert words(results[8:]) == "CHANGED SUCCESS CHANGED CHANGED"
    assert (tmp_path / "fetched").read_text() == "kept"
    assert server.machine.started > started
    assert not [path for path in server.machine.files if "ansible-tmp" in path]
