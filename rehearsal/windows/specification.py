"""A module's own statement of its arguments: its documentation, and the rules between options in its script.

Documentation gives names, types, choices and defaults. Which options exclude or need each other stands only in the
table `$spec` of modules on Ansible.Basic, so that table is read out of the script. Modules on the older
Ansible.ModuleUtils.Legacy have none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from rehearsal.windows import powershell_data
from rehearsal.windows.catalogue import CATALOGUE
from rehearsal.windows.failures import NoCollections

COLLECTIONS = Path(__file__).parents[2] / ".cache" / "collections" / "ansible_collections"


@dataclass(frozen=True)
class Option:
    """One option; *choices* is empty where any value goes, *options* are those of a dict or of a list of dicts."""

    type: str = "str"
    required: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    aliases: tuple[str, ...] = ()
    elements: str | None = None
    no_log: bool = False
    options: Mapping[str, Option] | None = None


@dataclass(frozen=True)
class Specification:
    """What a module takes. *legacy*: it is built on Ansible.ModuleUtils.Legacy, which words its refusals otherwise."""

    module: str
    options: Mapping[str, Option]
    legacy: bool
    supports_check_mode: bool = True
    mutually_exclusive: tuple[tuple[str, ...], ...] = ()
    required_together: tuple[tuple[str, ...], ...] = ()
    required_one_of: tuple[tuple[str, ...], ...] = ()
    required_if: tuple[tuple[Any, ...], ...] = ()
    required_by: Mapping[str, tuple[str, ...]] | None = None


@cache
def specification(module: str) -> Specification:
    """The specification of *module*, from the installed collection; raise `NoCollections`."""
    collection, _, leaf = module.rpartition(".")
    folder = COLLECTIONS.joinpath(*collection.split("."), "plugins", "modules")
    script = _text(folder / f"{leaf}.ps1")
    documented = _documentation(folder, leaf).get("options") or {}
    spec = powershell_data.table(script, "spec") or {}
    options = _options(documented, spec.get("options") or {})
    internal = CATALOGUE.modules[module].internal
    return Specification(
        module=leaf,
        options=options | {name: Option("raw") for name in internal},
        legacy="Ansible.ModuleUtils.Legacy" in script,
        supports_check_mode=bool(spec.get("supports_check_mode", not spec)),
        mutually_exclusive=_groups(spec.get("mutually_exclusive")),
        required_together=_groups(spec.get("required_together")),
        required_one_of=_groups(spec.get("required_one_of")),
        required_if=tuple(tuple(each) for each in spec.get("required_if") or ()),
        required_by={key: tuple(_many(value)) for key, value in (spec.get("required_by") or {}).items()},
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        shown = file.relative_to(COLLECTIONS) if file.is_relative_to(COLLECTIONS) else file
        raise NoCollections(file=str(shown)) from None


def _documentation(folder: Path, leaf: str) -> dict[str, Any]:
    """The documentation beside the script: a YAML file, or the variable DOCUMENTATION of a Python file."""
    sidecar = folder / f"{leaf}.yml"
    if sidecar.exists():
        return dict(msgspec.yaml.decode(sidecar.read_bytes())["DOCUMENTATION"])
    for node in ast.parse(_text(folder / f"{leaf}.py")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DOCUMENTATION":
            return dict(msgspec.yaml.decode(ast.literal_eval(node.value)))
    raise NoCollections(file=f"the documentation of {leaf}")


def _options(documented: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Option]:
    return {name: _option(each, spec.get(name) or {}) for name, each in documented.items()}


def _option(documented: Mapping[str, Any], spec: Mapping[str, Any]) -> Option:
    inner = documented.get("suboptions")
    return Option(
        type=documented.get("type", "str"),
        required=bool(documented.get("required", False)),
        default=documented.get("default"),
        choices=_choices(documented.get("choices") or ()),
        aliases=tuple(documented.get("aliases") or ()),
        elements=documented.get("elements"),
        no_log=spec.get("no_log") is True,
        options=_options(inner, spec.get("options") or {}) if inner else None,
    )


def _choices(documented: Iterable[Any]) -> tuple[Any, ...]:
    """The values that go; none where one of them stands for any text, as `*regex*` does."""
    return () if any(str(each).startswith("*") for each in documented) else tuple(documented)


def _groups(value: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_many(each)) for each in value or ())


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
