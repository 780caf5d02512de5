"""`win_ping`, `setup` and `win_disk_facts`: what a server says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.site.machine import Disk, Machine
from rehearsal.windows import paths
from rehearsal.windows.failures import ModuleFailed
from rehearsal.windows.task import Modelled, Outcome, Task

Facts = Callable[[Task], Mapping[str, Any]]

_PRODUCTS = {"10.0.14393": "2016", "10.0.17763": "2019", "10.0.20348": "2022", "10.0.26100": "2025"}
"""Windows Server by its version."""


def ping(task: Task) -> Outcome:
    """`ansible.windows.win_ping`."""
    if task.values["data"] == "crash":
        raise ModuleFailed("Unhandled exception while executing module: boom")
    return Outcome({"changed": False, "ping": task.values["data"]})


def setup(task: Task) -> Outcome:
    """`ansible.windows.setup`; the subsets that nothing simulated stands behind are gathered empty."""
    asked = task.values["gather_subset"]
    gathered = {**_FACTS, **dict.fromkeys(_EMPTY, _nothing)}
    wanted, warnings = _subsets(asked, gathered)
    facts: dict[str, Any] = {"gather_subset": asked, "module_setup": True}
    for name in sorted(wanted):
        facts |= gathered[name](task)
    return Outcome({"changed": False, "ansible_facts": facts} | ({"warnings": warnings} if warnings else {}))


def _subsets(asked: list[str], known: Mapping[str, Facts]) -> tuple[set[str], list[str]]:
    """Which subsets *asked* leaves: all of them, less those with a `!`, and again those that are named."""
    groups = {"all": set(known), "min": set(_MINIMUM)}
    explicit: set[str] = set()
    excluded: set[str] = set()
    warnings: list[str] = []
    for item in asked:
        name = item.removeprefix("!")
        if name not in known and name not in groups:
            warnings.append(f"invalid value {item} specified in gather_subset")
        elif item == "!all":
            excluded |= groups["all"] - groups["min"]
        elif item.startswith("!"):
            excluded |= groups.get(name, {name})
        else:
            explicit |= groups.get(name, {name})
    return (groups["all"] - excluded) | explicit, warnings


def _nothing(_: Task) -> Mapping[str, Any]:
    return {}


def _date_time(task: Task) -> Mapping[str, Any]:
    now = task.now
    shown = {
        "date": now.strftime("%Y-%m-%d"),
        "time": now.strftime("%H:%M:%S"),
        "year": now.strftime("%Y"),
        "month": now.strftime("%m"),
        "day": now.strftime("%d"),
        "hour": now.strftime("%H"),
        "minute": now.strftime("%M"),
        "second": now.strftime("%S"),
        "weekday": now.strftime("%A"),
        "epoch": str(int(now.timestamp())),
        "iso8601": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tz": "UTC",
    }
    return {"ansible_date_time": shown}


def _distribution(task: Task) -> Mapping[str, Any]:
    version = task.machine.windows
    name = f"Microsoft Windows Server {_PRODUCTS.get(version, version)} Standard"
    return {
        "ansible_distribution": name,
        "ansible_distribution_major_version": version.partition(".")[0],
        "ansible_distribution_version": f"{version}.0",
        "ansible_os_family": "Windows",
        "ansible_os_installation_type": "Server",
        "ansible_os_name": name,
        "ansible_os_product_type": "server",
    }


def _environment(task: Task) -> Mapping[str, Any]:
    return {"ansible_env": dict(paths.environment(task.machine, task.user))}


def _platform(task: Task) -> Mapping[str, Any]:
    machine = task.machine
    return {
        "ansible_architecture": "64-bit",
        "ansible_domain": machine.fqdn.partition(".")[2],
        "ansible_fqdn": machine.fqdn,
        "ansible_hostname": machine.name,
        "ansible_kernel": f"{machine.windows}.0",
        "ansible_netbios_name": machine.name,
        "ansible_nodename": machine.fqdn,
        "ansible_reboot_pending": False,
        "ansible_system": "Win32NT",
    }


def _uptime(task: Task) -> Mapping[str, Any]:
    started = task.machine.started
    seconds = round((task.now - started).total_seconds())
    return {
        "ansible_lastboot": started.strftime("%Y-%m-%d %H:%M:%SZ"),
        "ansible_uptime_seconds": seconds,
    }


def _user(task: Task) -> Mapping[str, Any]:
    variables = paths.environment(task.machine, task.user)
    return {"ansible_user_dir": variables["USERPROFILE"], "ansible_user_id": variables["USERNAME"]}


def _domain(task: Task) -> Mapping[str, Any]:
    return {
        "ansible_windows_domain": task.machine.fqdn.partition(".")[2],
        "ansible_windows_domain_member": True,
        "ansible_windows_domain_role": "Member server",
    }


_FACTS: Mapping[str, Facts] = {
    "date_time": _date_time,
    "distribution": _distribution,
    "env": _environment,
    "platform": _platform,
    "powershell_version": lambda _: {"ansible_powershell_version": 5},
    "uptime": _uptime,
    "user": _user,
    "windows_domain": _domain,
}
_MINIMUM = ("date_time", "distribution", "env", "local", "platform", "powershell_version", "user")
_EMPTY = (
    *("all_ipv4_addresses", "all_ipv6_addresses", "bios", "facter", "interfaces", "local", "memory"),
    *("processor", "virtual", "winrm"),
)


def disk_facts(task: Task) -> Outcome:
    """`community.windows.win_disk_facts`: a disk with one partition and one volume for each letter."""
    disks = [_disk(task.machine, n, disk) for n, disk in enumerate(task.machine.disks.values())]
    return Outcome({"changed": False, "ansible_facts": {"ansible_disks": disks}})


def _disk(machine: Machine, number: int, disk: Disk) -> dict[str, Any]:
    system = disk.letter.upper() == "C"
    volume = {
        "size": disk.size,
        "size_remaining": disk.free,
        "type": "NTFS" if system else "ReFS",
        "label": "",
        "health_status": "Healthy",
        "drive_type": "Fixed",
        "allocation_unit_size": 4_096 if system else 65_536,
    }
    partition = {
        "number": 1,
        "size": disk.size,
        "type": "Basic",
        "drive_letter": disk.letter,
        "hidden": False,
        "shadow_copy": False,
        "access_paths": [f"{disk.letter}:\\"],
        "volumes": [volume],
    }
    return {
        "number": number,
        "size": disk.size,
        "bus_type": "SAS",
        "friendly_name": f"{machine.name} disk {number}",
        "partition_style": "GPT",
        "partition_count": 1,
        "operational_status": "Online",
        "sector_size": 4_096,
        "read_only": False,
        "bootable": system,
        "system_disk": system,
        "clustered": False,
        "partitions": [partition],
    }


MODULES: Mapping[str, Modelled] = {
    "ansible.windows.setup": setup,
    "ansible.windows.win_ping": ping,
    "community.windows.win_disk_facts": disk_facts,
}
