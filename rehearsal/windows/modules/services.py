"""`win_service` and `win_service_info`: services, how they start, and what starting again takes up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rehearsal.site.machine import Machine, Service
from rehearsal.windows.failures import ModuleFailed, not_modelled
from rehearsal.windows.task import Modelled, Outcome, Task

_UNHANDLED = "Unhandled exception while executing module: "


def service(task: Task) -> Outcome:
    """`ansible.windows.win_service`, for services that are there."""
    before, wanted = task.machine, task.values["state"]
    found = _named(before, task.values["name"])
    if found is None:
        text = f"Service '{task.values['name']}' is not installed, need to set 'path' to create a new service"
        raise ModuleFailed(text, exists=False)
    if wanted in {"absent", "paused"}:
        raise not_modelled(f"services that become {wanted}")
    machine = before
    if task.values["start_mode"] not in {None, found.start_mode}:
        machine = machine.with_service(replace(found, start_mode=task.values["start_mode"]))
    if wanted is not None:
        machine = _in_state(machine, found.name, task)
    shown = _diff(found), _diff(machine.services[found.name]) | _asked(wanted)
    result = _result(before, shown[1])
    return Outcome(result | {"changed": machine is not before, "diff": _between(*shown)}, machine)


def _in_state(machine: Machine, name: str, task: Task) -> Machine:
    running = machine.services[name].state == "running"
    match task.values["state"]:
        case "started" if not running:
            return _start(machine, name, task)
        case "stopped" if running:
            return _stop(machine, name, force=task.values["force_dependent_services"])[0]
        case "restarted":
            return _restart(machine, name, task)
    return machine


def _start(machine: Machine, name: str, task: Task) -> Machine:
    """Start a service and, as Windows does, those that it depends on; in check mode (-WhatIf) nothing can fail."""
    found = machine.services[name]
    if found.start_mode == "disabled" and not task.check:
        raise ModuleFailed(f"{_UNHANDLED}Failed to start service '{found.display_name} ({found.name})'.")
    for other in found.depends_on:
        if other in machine.services and machine.services[other].state != "running":
            machine = _start(machine, other, task)
    return machine.service_started(name, task.now)


def _stop(machine: Machine, name: str, *, force: bool) -> tuple[Machine, list[str]]:
    """Stop a service; with *force* those that depend on it stop first. Return also which stopped, in order."""
    dependent = [other for other in _depended_by(machine, name) if machine.services[other].state == "running"]
    found = machine.services[name]
    if dependent and not force:
        text = f"Cannot stop service '{found.display_name} ({found.name})' because it has dependent services. It can"
        raise ModuleFailed(f"{_UNHANDLED}{text} only be stopped if the Force flag is set.")
    stopped: list[str] = []
    for other in dependent:
        if machine.services[other].state == "running":
            machine, more = _stop(machine, other, force=True)
            stopped += more
    return machine.service_stopped(name), [*stopped, name]


def _restart(machine: Machine, name: str, task: Task) -> Machine:
    """Stop and start a service, and start again those that had to stop with it."""
    if machine.services[name].state != "running":
        return _start(machine, name, task)
    machine, stopped = _stop(machine, name, force=task.values["force_dependent_services"])
    for each in reversed(stopped):
        machine = _start(machine, each, task)
    return machine


def _named(machine: Machine, name: str) -> Service | None:
    """A service by its name or by the name that is displayed."""
    displayed = (
        each for each in machine.services.values() if each.display_name.casefold() == name.casefold()
    )
    return machine.services.get(name) or next(displayed, None)


def _depended_by(machine: Machine, name: str) -> list[str]:
    return [
        other
        for other, each in machine.services.items()
        if name.casefold() in {every.casefold() for every in each.depends_on}
    ]


def _diff(found: Service) -> dict[str, Any]:
    account = "NT AUTHORITY\\SYSTEM" if found.account == "LocalSystem" else found.account
    return {
        "dependencies": list(found.depends_on),
        "description": None,
        "desktop_interact": False,
        "display_name": found.display_name,
        "name": found.name,
        "path": None,
        "start_mode": found.start_mode,
        "state": "started" if found.state == "running" else "stopped",
        "username": account,
    }


def _asked(state: str | None) -> dict[str, Any]:
    """The diff shows the state that was asked for, `restarted` too."""
    return {} if state is None else {"state": state}


def _between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {"before": before, "after": after}


def _result(machine: Machine, after: dict[str, Any]) -> dict[str, Any]:
    system = after["username"] == "NT AUTHORITY\\SYSTEM"
    shown = {
        "exists": True,
        "state": "running" if after["state"] in {"restarted", "started"} else after["state"],
        "username": "LocalSystem" if system else after["username"],
        "can_pause_and_continue": False,
        "depended_by": _depended_by(machine, after["name"]),
    }
    return after | shown


def service_info(task: Task) -> Outcome:
    """`ansible.windows.win_service_info`. What no simulated service has comes back as null."""
    name = task.values["name"]
    if name is not None and any(letter in name for letter in "*?["):
        raise not_modelled("patterns in the name of a service")
    named = _named(task.machine, name) if name is not None else None
    found = [named] if named else [] if name is not None else list(task.machine.services.values())
    services = [_info(task.machine, each) for each in sorted(found, key=lambda each: each.name.casefold())]
    return Outcome({"changed": False, "exists": bool(services), "services": services})


def _info(machine: Machine, found: Service) -> dict[str, Any]:
    known = _diff(found) | {
        "controls_accepted": ["stop", "shutdown"] if found.state == "running" else [],
        "dependency_of": _depended_by(machine, found.name),
        "failure_actions": [],
        "launch_protection": "none",
        "service_flags": [],
        "triggers": [],
        "win32_exit_code": 0 if found.started else 1077,
    }
    return dict.fromkeys(_UNKNOWN) | known


_UNKNOWN = (
    *("checkpoint", "error_control", "failure_actions_on_non_crash_failure", "failure_command"),
    *("failure_reboot_msg", "failure_reset_period_sec", "load_order_group", "pre_shutdown_timeout_ms"),
    *("preferred_node", "process_id", "required_privileges", "service_exit_code", "service_type", "sid_info"),
    "wait_hint_ms",
)

MODULES: Mapping[str, Modelled] = {
    "ansible.windows.win_service": service,
    "ansible.windows.win_service_info": service_info,
}
