"""`win_powershell`, for the scripts of plays that are listed by digest: no PowerShell is run here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

from rehearsal.site.machine_setup import SETUP, uninstalled
from rehearsal.windows.catalogue import CATALOGUE
from rehearsal.windows.failures import ModuleFailed, not_modelled
from rehearsal.windows.modules.client_use import client_use
from rehearsal.windows.task import Modelled, Outcome, Task

_NOTHING = {
    "host_out": "",
    "host_err": "",
    "output": [],
    "error": [],
    "warning": [],
    "verbose": [],
    "debug": [],
}


def powershell(task: Task) -> Outcome:
    """`ansible.windows.win_powershell`, for a script that is listed, with the parameters that it takes."""
    digest = hashlib.sha256(str(task.values["script"]).encode()).hexdigest()
    name = next((name for name, each in CATALOGUE.listed.powershell.items() if each == digest), "")
    if not name:
        raise not_modelled(f"a script of SHA-256 {digest[:12]} for win_powershell")
    return _SCRIPTS[name](task)


def _cluster_node(task: Task) -> Outcome:
    """Pause or resume the node of the failover cluster on which the script runs (Suspend- and Resume-ClusterNode)."""
    given = dict(task.values["parameters"] or {})
    if given.keys() != {"Name", "State"} or given["State"] not in {"Paused", "Up"}:
        raise ModuleFailed(f"Cannot bind the parameters {sorted(given)} of cluster_node.ps1.", changed=False)
    found = task.machine.cluster_node
    if found is None:
        raise ModuleFailed("The cluster service is not running. Make sure that the service is running.")
    if str(given["Name"]).casefold() != task.machine.name.casefold():
        raise not_modelled("other nodes of the cluster than the server itself")
    wanted = str(given["State"])
    shown = found if task.check else wanted
    result = {"changed": found != wanted, "result": shown, "information": [], **_NOTHING}
    return Outcome(result, replace(task.machine, cluster_node=wanted))


def _client_use(task: Task) -> Outcome:
    """Count who used which protocol; nothing changes."""
    return Outcome({"changed": False, "result": client_use(task), "information": [], **_NOTHING})


def _uninstall(task: Task) -> Outcome:
    """Run Exchange's Setup in mode Uninstall: its own prerequisites are looked at first, whoever calls it."""
    if task.values["parameters"]:
        raise ModuleFailed("Cannot bind the parameters of uninstall_exchange.ps1.", changed=False)
    if task.machine.registry.value(SETUP, "MsiInstallPath") is None:
        return Outcome({"changed": False, "result": "absent", "information": [], **_NOTHING})
    if task.obstacles is None:
        raise not_modelled("Exchange's Setup on a server without an organisation")
    if task.check:
        return Outcome({"changed": True, "result": "installed", "information": [], **_NOTHING})
    if obstacles := task.obstacles():
        raise ModuleFailed(f"Setup ended with 1. {' '.join(obstacles)}", changed=False)
    result = {"changed": True, "result": "absent", "information": [], **_NOTHING}
    return Outcome(result, uninstalled(task.machine), uninstalls=True)


_SCRIPTS: Mapping[str, Callable[[Task], Outcome]] = {
    "client_use.ps1": _client_use,
    "cluster_node.ps1": _cluster_node,
    "uninstall_exchange.ps1": _uninstall,
}

MODULES: Mapping[str, Modelled] = {"ansible.windows.win_powershell": powershell}
