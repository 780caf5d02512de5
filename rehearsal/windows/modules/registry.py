r"""`win_regedit` and `win_reg_stat`: what stands at `HKLM:\…`, read and changed (fact D23)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rehearsal.site.machine import Machine, RegistryData, RegistryKind, RegistryValue
from rehearsal.windows.failures import ModuleFailed, not_modelled
from rehearsal.windows.task import Modelled, Outcome, Task

_PATH = re.compile(r"^HK(CC|CR|CU|LM|U):\\", re.IGNORECASE)

_KINDS: Mapping[str, RegistryKind] = {
    "binary": "REG_BINARY",
    "dword": "REG_DWORD",
    "expandstring": "REG_EXPAND_SZ",
    "multistring": "REG_MULTI_SZ",
    "qword": "REG_QWORD",
    "string": "REG_SZ",
}
_DOTNET: Mapping[RegistryKind, str] = {
    "REG_BINARY": "Binary",
    "REG_DWORD": "DWord",
    "REG_EXPAND_SZ": "ExpandString",
    "REG_MULTI_SZ": "MultiString",
    "REG_QWORD": "QWord",
    "REG_SZ": "String",
}
_EMPTY: Mapping[RegistryKind, RegistryData] = {
    "REG_BINARY": b"",
    "REG_DWORD": 0,
    "REG_EXPAND_SZ": "",
    "REG_MULTI_SZ": (),
    "REG_QWORD": 0,
    "REG_SZ": "",
}


def regedit(task: Task) -> Outcome:
    """`ansible.windows.win_regedit`."""
    path, name = task.values["path"], task.values["name"] or ""
    if not _PATH.match(path):
        raise ModuleFailed(
            f"path: {path} is not a valid powershell path, see module documentation for examples."
        )
    if task.values["type"] == "none":
        raise not_modelled("registry values of the type none")
    if task.values["state"] == "absent":
        return _absent(task, path, name)
    kind = _KINDS[task.values["type"]]
    data = task.values["data"]
    if data is None and not name and kind in {"REG_SZ", "REG_EXPAND_SZ"}:
        return _key_only(task.machine, path)
    return _present(task.machine, path, name, RegistryValue(_data(kind, data), kind))


def _answer(machine: Machine, before: Machine, diff: tuple[Any, Any], **result: Any) -> Outcome:
    flags = {"data_changed": False, "data_type_changed": False} | result
    changed = {"changed": machine is not before, "diff": {"before": diff[0], "after": diff[1]}}
    return Outcome(changed | flags, machine)


def _absent(task: Task, path: str, name: str) -> Outcome:
    machine, registry = task.machine, task.machine.registry
    if registry.key(path) is None:
        return _answer(machine, machine, ("", ""))
    if not name and task.values["delete_key"]:
        return _answer(replace(machine, registry=registry.without_key(path)), machine, ({path: {}}, {}))
    value = registry.value(path, name)
    if value is None:
        return _answer(machine, machine, ("", ""))
    changed = replace(machine, registry=registry.without_value(path, name))
    return _answer(changed, machine, ({path: {name: _shown(value)}}, {path: {}}))


def _key_only(machine: Machine, path: str) -> Outcome:
    if machine.registry.key(path) is not None:
        return _answer(machine, machine, ({path: {}}, {path: {}}))
    return _answer(replace(machine, registry=machine.registry.with_key(path)), machine, ({}, {path: {}}))


def _present(machine: Machine, path: str, name: str, wanted: RegistryValue) -> Outcome:
    """Set a value; the flags `data_changed` and `data_type_changed` speak of a value that was there already."""
    there = machine.registry.value(path, name)
    if there == wanted:
        return _answer(machine, machine, ({path: {name: _shown(wanted)}}, {path: {name: _shown(wanted)}}))
    changed = machine.with_registry_value(path, name, wanted)
    after = {path: {name: _shown(wanted)}}
    if there is None:
        empty: dict[str, Any] = {} if machine.registry.key(path) is None else {path: {}}
        return _answer(changed, machine, (empty, after))
    return _answer(
        changed,
        machine,
        ({path: {name: _shown(there)}}, after),
        data_changed=there.data != wanted.data,
        data_type_changed=there.kind != wanted.kind,
    )


def _shown(value: RegistryValue) -> dict[str, Any]:
    """A value as the diff of `win_regedit` shows it."""
    match value.data:
        case bytes() as data:
            shown: Any = [f"0x{byte:02x}" for byte in data]
        case int() as number:
            shown = f"0x{number:08x}" if value.kind == "REG_DWORD" else f"0x{number:016x}"
        case other:
            shown = list(other) if isinstance(other, tuple) else other
    return {"type": _DOTNET[value.kind], "value": shown}


def _data(kind: RegistryKind, given: Any) -> RegistryData:
    if given is None:
        return _EMPTY[kind]
    match kind:
        case "REG_DWORD" | "REG_QWORD":
            return _number(given, 32 if kind == "REG_DWORD" else 64)
        case "REG_BINARY":
            return _binary(given)
        case "REG_MULTI_SZ":
            return tuple(map(_text, given)) if isinstance(given, list) else (_text(given),)
    return _text(given)


def _text(given: Any) -> str:
    if isinstance(given, dict | list):
        raise ModuleFailed("data of a string type cannot be a table or a list")
    return str(given)


def _number(given: Any, bits: int) -> int:
    if isinstance(given, float) and not given.is_integer():
        text = f"data '{given}' cannot be a decimal or float value with a remainder"
        raise ModuleFailed(f"{text} when type is dword or qword")
    try:
        number: int = int(given, 0) if isinstance(given, str) else int(given)
    except (TypeError, ValueError):
        raise ModuleFailed(f"data '{given}' is no number, which the types dword and qword need") from None
    if number >= 2**bits:
        kind, most = ("dword", "0xffffffff") if bits == 32 else ("qword", "0xffffffffffffffff")
        raise ModuleFailed(f"data cannot be larger than {most} when type is {kind}")
    return number % (1 << bits)


def _binary(given: Any) -> bytes:
    try:
        if isinstance(given, list):
            return bytes(given)
        if isinstance(given, int):
            return bytes([given])
        return bytes.fromhex(re.sub(r"^hex:|[,: \r\n\\]", "", _text(given)))
    except (TypeError, ValueError):
        text = f"cannot convert binary data '{given}' to byte array, please specify this value as a yaml byte array"
        raise ModuleFailed(f"{text} or a comma separated hex value string") from None


def reg_stat(task: Task) -> Outcome:
    """`ansible.windows.win_reg_stat`."""
    path, name = task.values["path"], task.values["name"]
    if not _PATH.match(path):
        text = f"path: {path} is not a valid registry path, see module documentation for examples."
        raise ModuleFailed(text)
    registry = task.machine.registry
    key = registry.key(path)
    if key is None:
        return Outcome({"changed": False, "exists": False})
    if name is None:
        values = {each: _stat(value) for each, value in key.items()}
        found = {"exists": True, "properties": values, "sub_keys": registry.children(path)}
        return Outcome({"changed": False} | found)
    value = key.get(name)
    return Outcome({"changed": False, "exists": value is not None} | (_stat(value) if value else {}))


def _stat(value: RegistryValue) -> dict[str, Any]:
    match value.data:
        case bytes() as data:
            plain, raw = list(data), [f"0x{byte:02x}" for byte in data]
            return {"type": value.kind, "value": plain, "raw_value": raw}
        case tuple() as texts:
            return {"type": value.kind, "value": list(texts), "raw_value": list(texts)}
    return {"type": value.kind, "value": value.data, "raw_value": value.data}


MODULES: Mapping[str, Modelled] = {
    "ansible.windows.win_reg_stat": reg_stat,
    "ansible.windows.win_regedit": regedit,
}
