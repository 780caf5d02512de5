"""What verify plays would find on premises, computed in memory: the roles' own reads, answered by the simulator.

The tasks of the role server_reading are taken as they are written and run through the door by which Ansible's modules
come; its reads of Exchange go to the simulated site. So only Ansible itself is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import yaml
from ansible_collections.mailwave.exchange.plugins.filter.server_checks import (
    TOPICS,
    server_checks,
    server_version,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.verdict import judge

from rehearsal.windows.payload import Act
from rehearsal.wire import CmdletCall
from tests.playbooks.loopback import PLAYBOOKS
from tests.playbooks.seeds.healthy import LIMIT, RANGES, RULE, UPDATES
from tests.playbooks.servers import USER, Premises

ROLES = PLAYBOOKS / "collections/ansible_collections/mailwave/exchange/roles"
FIREWALL = {
    "name": RULE,
    "enabled": True,
    "state": "present",
    "direction": "in",
    "action": "allow",
    "protocol": "tcp",
    "localport": "443",
    "remoteip": ",".join(RANGES),
    "profiles": ["domain", "private", "public"],
}
VARIABLES: dict[str, Any] = {
    "mrs_proxy_settings": {"MaxMRSConnections": LIMIT},
    "mrs_proxy_firewall_ranges": list(RANGES),
    "server_baseline_minimum_builds": sorted(UPDATES.values()),
}
"""What the plays are told when they run on healthy premises."""

_DIFFERING_OPTIONS = {"_ansible_check_mode": True, "_ansible_diff": True, "_ansible_verbosity": 0}


@cache
def _role(part: str) -> Any:
    return yaml.safe_load((ROLES / "server_reading" / part).read_text(encoding="utf-8"))


def reading(premises: Premises, server: str) -> dict[str, Any]:
    """The fact `server_reading_found` of *server*, with the firewall's rule beside it as role mrs_proxy reads it."""
    found = {
        str(task["register"]).removeprefix("server_reading_"): _run(premises, server, task)
        for task in _role("tasks/main.yml")
        if "register" in task and not any(name.startswith("mailwave.") for name in task)
    }
    reads = {name: _asked(premises, server, read) for name, read in _role("vars/main.yml")[_READS].items()}
    rule = _module(premises, server, "community.windows.win_firewall_rule", FIREWALL | _DIFFERING_OPTIONS)
    return found | {"exchange": {"readings": reads}, "firewall": rule}


_MARKS = re.compile(r"\{\{ server_reading_marks \}\}")
_READS = "server_reading_exchange"


def _run(premises: Premises, server: str, task: Mapping[str, Any]) -> dict[str, Any]:
    (module,) = (name for name in task if name.startswith(("ansible.windows", "community.windows")))
    if "loop" not in task:
        return _module(premises, server, module, _spelt(task[module] or {}))
    variables = _role("vars/main.yml")
    keys = [
        _MARKS.sub(lambda _: variables["server_reading_marks"], key)
        for key in variables["server_reading_keys"]
    ]
    results = [_module(premises, server, module, {"path": key}) | {"item": key} for key in keys]
    return {"results": results}


def _spelt(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with the role's own variables put in."""
    variables = _role("vars/main.yml")
    text = json.dumps(arguments)
    for name in ("server_reading_limits_file", "server_reading_exchange_folder"):
        text = text.replace("{{ " + name + " }}", json.dumps(variables[name])[1:-1])
    return dict(json.loads(text))


def _module(premises: Premises, server: str, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    modes = {"_ansible_check_mode": False, "_ansible_diff": False, "_ansible_verbosity": 0}
    written = premises.door(server).perform(USER, Act(name, modes | dict(arguments)))
    return dict(json.loads(written.lines[0]))


def _asked(premises: Premises, server: str, read: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {
        name: server if "inventory_hostname" in str(value) else value
        for name, value in read.get("parameters", {}).items()
    }
    result = premises.site.invoke(CmdletCall(USER, read["cmdlet"], parameters))
    if result.errors:
        return {"error": str(result.errors[0])}
    return {"rows": [{name: _plain(value) for name, value in row.items()} for row in result.rows]}


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | list | None) else str(value)


def found(premises: Premises, topics: Iterable[str] = tuple(TOPICS)) -> list[dict[str, Any]]:
    """Every finding on *premises*, of every server that the estate file lists; what is unknown is a finding here."""
    readings = {name: reading(premises, name) for name in premises.names}
    findings: list[dict[str, Any]] = []
    for server in premises.source.servers:
        for topic in topics:
            wanted = _WANTED | _inventory(premises, server.name)
            checks = server_checks(readings[server.name], topic, wanted, readings)
            verdict = judge(checks, server=server.name, version=server_version(readings[server.name]))
            findings += verdict.findings + verdict.unknown
    return findings


_WANTED = {
    "settings": VARIABLES["mrs_proxy_settings"],
    "firewall": True,
    "minimum_builds": VARIABLES["server_baseline_minimum_builds"],
    "mail_domain": "nhsmail.example",
}


def _inventory(premises: Premises, name: str) -> dict[str, Any]:
    (server,) = (each for each in premises.source.servers if each.name == name)
    return {
        "server": name,
        "fqdn": server.fqdn,
        "version": server.version.split()[1],
        "estate": premises.listed,
        "dag": premises.group if name in premises.listed_members else "",
    }
