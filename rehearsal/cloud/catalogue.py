"""The table of resource types (the files in `types`) as values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rehearsal import draws

_TABLE = Path(__file__).with_name("types")
_PLACEHOLDER = re.compile(r"\{(\w+(?::\w+)?)\}")
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/"
_UUID_NAMES = {"roleAssignmentName", "roleDefinitionId"}

type Sourced = Mapping[str, str]
"""Paths of properties, each with the name of its source in sources.yaml."""


@dataclass(frozen=True)
class ResourceType:
    """One row of the table, whose fields types/README.md explains. *plane* is the service it lives in: arm or entra."""

    token: str
    plane: str
    path: str
    id: str = ""
    assigned: str = ""
    pattern: str = ".+"
    replaces: Sourced = field(default_factory=dict)
    updates: Sourced = field(default_factory=dict)
    immutable: Sourced = field(default_factory=dict)
    irreversible: Sourced = field(default_factory=dict)
    refused: Sourced = field(default_factory=dict)
    complete: str = ""
    unique: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    ranges: Mapping[str, Any] = field(default_factory=dict)
    locations: tuple[str, ...] = ()
    computed: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    singleton: bool = False
    keeps: bool = False
    holds: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """The placeholders of the path, in order."""
        return tuple(_PLACEHOLDER.findall(self.path))

    @property
    def collection(self) -> str:
        """The path without its last part: where an object with an assigned name is posted."""
        return self.path.rsplit("/", maxsplit=1)[0]

    @property
    def name(self) -> str:
        """The input that the provider makes up when the program leaves it out; empty: there is none."""
        last = self.path.rsplit("/", maxsplit=1)[-1]
        return last.strip("{}") if self.plane == "arm" and last.startswith("{") else ""

    @property
    def made(self) -> str:
        """How `name` is made up: uuid, random (the logical name and eight random digits) or copy (of that name).

        Source: AutoNamer.AutoName in pulumi-azure-native.
        """
        if self.name in _UUID_NAMES:
            return "uuid"
        _, provider, resource = self.path.lower().rpartition("microsoft.")
        return "random" if not provider or resource.count("{") == 1 else "copy"

    def knows(self, path: str) -> bool:
        """Whether the table says what a change at *path*, in Pulumi's notation, leads to."""
        return bool(self.complete) or any(
            beneath(path, rule)
            for rules in (self.replaces, self.updates, self.immutable, self.irreversible, self.parameters)
            for rule in rules
        )

    def object_id(self, path: str) -> str:
        """Pulumi's id of the object at *path*."""
        return filled(self.id, self.match(path) or {}) if self.id else path

    def path_of(self, object_id: str) -> str | None:
        """The path of the object with Pulumi's *object_id*, or None where that is no id of this type."""
        if not self.id:
            return object_id if self.match(object_id) is not None else None
        found = matched(self.id, object_id)
        return None if found is None else filled(self.path, found)

    def match(self, path: str) -> dict[str, str] | None:
        """The placeholders' values in *path*, or None where it is no path of this type."""
        return matched(self.path, path)


def beneath(path: str, top: str) -> bool:
    """Whether *path*, which may have positions in lists, is *top* or lies beneath it."""
    bare = re.sub(r"\[\d+\]", "", path)
    return bare == top or bare.startswith((f"{top}.", f"{top}["))


def filled(template: str, values: Mapping[str, str]) -> str:
    """*template* with its placeholders filled in; KeyError names one without a value."""
    return _PLACEHOLDER.sub(lambda found: values[found.group(1)], template)


def filled_in(template: Any, values: Mapping[str, str], *, path: str) -> Any:
    """A computed value: every text in *template* filled in; {guid:word} is a GUID drawn for *path* and the word."""
    match template:
        case str():
            guids = {name: _guid(path, name) for name in _PLACEHOLDER.findall(template) if ":" in name}
            return filled(template, {**values, **guids})
        case Mapping():
            return {name: filled_in(item, values, path=path) for name, item in template.items()}
        case list():
            return [filled_in(item, values, path=path) for item in template]
        case _:
            return template


def _guid(path: str, placeholder: str) -> str:
    return draws.guid(0, path.lower(), placeholder)


@cache
def _compiled(template: str) -> re.Pattern[str]:
    """Only a scope, with which the path begins, spans several parts. Resource Manager takes paths in any case."""
    parts = _PLACEHOLDER.split(template)
    pieces = [re.escape(part) if place % 2 == 0 else _piece(parts, place) for place, part in enumerate(parts)]
    return re.compile("".join(pieces), re.IGNORECASE)


def _piece(parts: list[str], place: int) -> str:
    is_scope = place == 1 and not parts[0] and parts[2].startswith("/providers/")
    return f"(?P<{parts[place]}>{'/.+' if is_scope else '[^/]+'})"


def matched(template: str, text: str) -> dict[str, str] | None:
    """The placeholders' values where *text* has the form of *template*."""
    found = _compiled(template).fullmatch(text)
    return None if found is None else found.groupdict()


@cache
def catalogue() -> Mapping[str, ResourceType]:
    """Every resource type that the rehearsal has, by token."""
    files = sorted(file for file in _TABLE.glob("*.yaml") if file.name != "sources.yaml")
    rows = [row for file in files for row in yaml.safe_load(file.read_text(encoding="utf-8")).items()]
    return {token: _read(token, row) for token, row in rows}


@cache
def sources() -> Mapping[str, str]:
    """What each name of a source stands for."""
    text = (_TABLE / "sources.yaml").read_text(encoding="utf-8")
    return {str(name): str(meaning) for name, meaning in yaml.safe_load(text).items()}


def _read(token: str, row: Mapping[str, Any]) -> ResourceType:
    plane = "arm" if token.startswith("azure-native:") else "entra"
    path = row["path"].replace("group:", _GROUP)
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    by_property = {name: _by_property(row[name]) for name in _SOURCED if name in row}
    kind = ResourceType(token=token, plane=plane, **{**given, **by_property, "path": path})
    return kind if plane == "entra" else _with_arm_outputs(kind)


_SOURCED = ("replaces", "updates", "immutable", "irreversible", "refused")


def _by_property(by_source: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The file groups properties by their source, to be short."""
    return {name: source for source, names in by_source.items() for name in names}


def _with_arm_outputs(kind: ResourceType) -> ResourceType:
    """Every object of Resource Manager tells its name, type and state."""
    _, _, resource = kind.path.rpartition("/providers/")
    last = kind.path.rsplit("/", maxsplit=1)[-1]
    parts = [part for part in resource.split("/") if not part.startswith("{")]
    own = {"name": last, "type": "/".join(parts), "provisioningState": "Succeeded"}
    return replace(kind, computed={**own, **kind.computed})


@cache
def type_at(plane: str, path: str) -> ResourceType | None:
    """The type of an object at *path*; the first row of the table that fits."""
    rows = (row for row in catalogue().values() if row.plane == plane)
    return next((row for row in rows if row.match(path) is not None), None)


@cache
def type_posted_to(plane: str, path: str) -> ResourceType | None:
    """The type whose objects are made by a POST to *path*."""
    rows = (row for row in catalogue().values() if row.plane == plane and row.assigned)
    return next((row for row in rows if matched(row.collection, path) is not None), None)
