"""The table of resource types (types.yaml) as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rehearsal import draws

_TABLE = Path(__file__).with_name("types.yaml")
_PLACEHOLDER = re.compile(r"\{(\w+(?::\w+)?)\}")


@dataclass(frozen=True)
class ResourceType:
    """One row of types.yaml, whose head explains the fields. *plane* is the service it lives in: arm or entra."""

    token: str
    plane: str
    source: str
    path: str
    id: str = ""
    assigned: str = ""
    name: str = ""
    made: str = "random"
    pattern: str = ".+"
    replaces: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    singleton: bool = False
    keeps: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """The placeholders of the path, in order."""
        return tuple(_PLACEHOLDER.findall(self.path))

    @property
    def collection(self) -> str:
        """The path without its last part: where an object with an assigned name is posted."""
        return self.path.rsplit("/", maxsplit=1)[0]

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
    """Only a scope spans several parts of a path. Resource Manager takes paths in any case."""
    parts = _PLACEHOLDER.split(template)
    pieces = [re.escape(part) if place % 2 == 0 else _piece(part) for place, part in enumerate(parts)]
    return re.compile("".join(pieces), re.IGNORECASE)


def _piece(placeholder: str) -> str:
    return f"(?P<{placeholder}>/.+)" if placeholder == "scope" else f"(?P<{placeholder}>[^/]+)"


def matched(template: str, text: str) -> dict[str, str] | None:
    """The placeholders' values where *text* has the form of *template*."""
    found = _compiled(template).fullmatch(text)
    return None if found is None else found.groupdict()


@cache
def catalogue() -> Mapping[str, ResourceType]:
    """Every resource type that the rehearsal has, by token."""
    rows: dict[str, dict[str, Any]] = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return {token: _read(token, row) for token, row in rows.items()}


def _read(token: str, row: Mapping[str, Any]) -> ResourceType:
    plane = "arm" if token.startswith("azure-native:") else "entra"
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return ResourceType(token=token, plane=plane, **{**row, **lists})


def type_at(plane: str, path: str) -> ResourceType | None:
    """The type of an object at *path*; the first row of the table that fits."""
    rows = (row for row in catalogue().values() if row.plane == plane)
    return next((row for row in rows if row.match(path) is not None), None)


def type_posted_to(plane: str, path: str) -> ResourceType | None:
    """The type whose objects are made by a POST to *path*."""
    rows = (row for row in catalogue().values() if row.plane == plane and row.assigned)
    return next((row for row in rows if matched(row.collection, path) is not None), None)
