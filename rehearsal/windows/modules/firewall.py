"""`win_firewall_rule`: who may reach which port, such as Exchange Online's addresses at MRSProxy (fact D18)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rehearsal.site.machine import FirewallRule, Machine
from rehearsal.windows.failures import ModuleFailed
from rehearsal.windows.task import Modelled, Outcome, Task

_PROTOCOLS = ("TCP", "UDP")
_KEYWORDS = {
    "localsubnet": "LocalSubnet",
    "dns": "DNS",
    "dhcp": "DHCP",
    "wins": "WINS",
    "defaultgateway": "DefaultGateway",
}
_INVALID = "Value does not fall within the expected range."


def firewall_rule(task: Task) -> Outcome:
    """`community.windows.win_firewall_rule`, for rules found by name."""
    name = task.values["name"]
    if not name:
        raise ModuleFailed("Either name or group must be specified")
    there = task.machine.firewall.get(name)
    if task.values["state"] == "absent":
        return _absent(task.machine, name, there)
    wanted = replace(there or FirewallRule(name), **_asked(task.values))
    if there is None:
        prepared = f"+[{name}]\n" + "".join(
            f"+{key}='{value}'\n" for key, value in _properties(wanted).items()
        )
        return _answer(task.machine.with_firewall_rule(wanted), f"Firewall rule '{name}' created.", prepared)
    before, after = _properties(there), _properties(wanted)
    differing = [key for key in before if before[key] != after[key]]
    prepared = f"[{name}]\n" + "".join(
        f"-{key}='{before[key]}'\n+{key}='{after[key]}'\n" for key in differing
    )
    changed, unchanged = (name, "") if differing else ("", name)
    text = f"Firewall rule(s) changed '{changed}' - unchanged '{unchanged}'"
    return _answer(task.machine.with_firewall_rule(wanted) if differing else None, text, prepared)


def _answer(machine: Machine | None, text: str, prepared: str) -> Outcome:
    return Outcome({"changed": machine is not None, "msg": text, "diff": {"prepared": prepared}}, machine)


def _absent(machine: Machine, name: str, there: FirewallRule | None) -> Outcome:
    if there is None:
        return _answer(None, f"Firewall rule '{name}' does not exist.", "")
    prepared = f"-[{name}]\n" + "".join(f"-{key}='{value}'\n" for key, value in _properties(there).items())
    left = replace(machine, firewall=machine.firewall.without(name))
    return _answer(left, f"Firewall rule(s) '{name}' removed.", prepared)


def _asked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a rule that the task names, as Windows keeps them."""
    asked = {name: values[name] for name in ("enabled", "direction", "action", "program")}
    if values["protocol"] is not None:
        asked["protocol"] = _protocol(values["protocol"])
    if values["localport"] is not None:
        asked["ports"] = _ports(values["localport"])
    if values["remoteip"] is not None:
        asked["remote"] = _addresses(values["remoteip"])
    if values["profiles"] is not None:
        asked["profiles"] = _profiles(values["profiles"])
    return {name: value for name, value in asked.items() if value is not None}


def _protocol(text: str) -> str:
    if text.upper() in _PROTOCOLS:
        return text.upper()
    if text.casefold() == "any":
        return "Any"
    raise ModuleFailed(f"Unknown protocol '{text}'.")


def _ports(text: str) -> tuple[str, ...]:
    if text.casefold() == "any":
        return ("Any",)
    ports = tuple(part.strip() for part in text.split(","))
    for port in ports:
        first, hyphen, last = port.partition("-")
        numbers = [first, last] if hyphen else [first]
        if not all(number.isdecimal() and 0 <= int(number) <= 65535 for number in numbers):
            raise ModuleFailed(_INVALID)
    return ports


def _addresses(text: str) -> tuple[str, ...]:
    if text.casefold() == "any":
        return ("Any",)
    return tuple(sorted({_address(part.strip()) for part in text.split(",")}))


def _address(text: str) -> str:
    if text.casefold() in _KEYWORDS:
        return _KEYWORDS[text.casefold()]
    first, hyphen, last = text.partition("-")
    try:
        if hyphen:
            return f"{ipaddress.ip_address(first)}-{ipaddress.ip_address(last)}"
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise ModuleFailed(_INVALID) from None


def _profiles(names: list[str]) -> tuple[str, ...]:
    known = ("domain", "private", "public")
    if unknown := [name for name in names if name not in known]:
        raise ModuleFailed(f"Unknown profile '{unknown[0]}'.")
    return tuple(name for name in known if name in names)


def _properties(rule: FirewallRule) -> dict[str, str]:
    """A rule by the names of Windows' firewall interface; addresses count as equal in any order."""
    return {
        "Direction": "1" if rule.direction == "in" else "2",
        "Action": "1" if rule.action == "allow" else "0",
        "ApplicationName": rule.program or "",
        "Enabled": str(rule.enabled),
        "Profiles": "2147483647" if len(rule.profiles) == 3 else str(_bits(rule.profiles)),
        "RemoteAddresses": ",".join(sorted(map(_kept, rule.remote))),
        "LocalPorts": ",".join(rule.ports),
        "Protocol": {"TCP": "6", "UDP": "17"}.get(rule.protocol, "256"),
    }


def _kept(address: str) -> str:
    return "*" if address == "Any" else _address(address)


def _bits(profiles: tuple[str, ...]) -> int:
    return sum({"domain": 1, "private": 2, "public": 4}[name] for name in profiles)


MODULES: Mapping[str, Modelled] = {"community.windows.win_firewall_rule": firewall_rule}
