# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The kinds of Exchange object that the collection keeps, from the table objects.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.mailwave.exchange.plugins.plugin_utils import kinds
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import PlayError
from ansible_collections.mailwave.exchange.plugins.plugin_utils.kinds import Kind

TABLE = Path(__file__).with_name("objects.yaml")
_WORDS = re.compile(r"OAuth(?=[A-Z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+")


class UnknownKind(PlayError):
    """A task names the kind of object *name*, which the table does not hold."""

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(f"{TABLE.name} holds no kind of object {name!r}")


class Place(StrEnum):
    """How an object is named and found; the head of objects.yaml says what each means."""

    ORGANISATION = "organisation"
    SERVER = "server"
    DIRECTORY = "directory"
    ITSELF = "itself"
    ALONE = "alone"
    ACCOUNT = "account"
    MEMBER = "member"

    @property
    def of_server(self) -> bool:
        """Whether each object belongs to one server."""
        return self in {Place.SERVER, Place.DIRECTORY, Place.ITSELF}

    @property
    def named(self) -> bool:
        """Whether a task says which object it means by a name."""
        return self in {Place.ORGANISATION, Place.SERVER, Place.ACCOUNT, Place.MEMBER}

    @property
    def made(self) -> bool:
        """Whether such objects are made and removed; the others are there from the beginning."""
        return self in {Place.ORGANISATION, Place.SERVER, Place.MEMBER}


@dataclass(frozen=True)
class Property:
    """One property: the *option* of the task, Exchange's own *parameter*, what its values mean.

    *shown* is what Get- calls it, the parameter itself where it is empty. *create_only*: no play changes it afterwards.
    *only_made*: it is given when the object is made, and not compared.
    """

    option: str
    parameter: str
    kind: Kind
    choices: tuple[str, ...] = ()
    shown: str = ""
    create_only: bool = False
    only_made: bool = False
    about: str = ""

    @property
    def read_as(self) -> str:
        """The property of an object as Exchange returns it."""
        return self.shown or self.parameter


@dataclass(frozen=True)
class Commit:
    """The *cmdlet*, with *parameters*, that has to follow a change; the property *shown* says whether it did."""

    cmdlet: str
    shown: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class ObjectType:
    """One kind of Exchange object: its *noun* in cmdlet names, how it is named, and its properties.

    *fixed* are parameters that its maker always gets; *all_but* are values, by property, of objects that do not count
    where every object of the kind is meant; *called* is the part of a virtual directory's name after the server's;
    *known_by* are parameters whose values no two such objects share, whatever they are called.
    """

    name: str
    noun: str
    place: Place
    properties: tuple[Property, ...]
    about: str = ""
    named_by: str = "Name"
    called: str = ""
    fixed: Mapping[str, object] = field(default_factory=dict)
    all_but: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    known_by: tuple[str, ...] = ()
    commit: Commit | None = None
    example: Mapping[str, object] = field(default_factory=dict)

    @property
    def maker(self) -> str:
        """The cmdlet that makes such an object."""
        added = self.place is Place.MEMBER or self.noun == "AvailabilityAddressSpace"
        return f"{'Add' if added else 'New'}-{self.noun}"


@cache
def object_types() -> Mapping[str, ObjectType]:
    """Every kind by its name."""
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return {name: _object_type(name, row) for name, row in table.items()}


def object_type(name: str) -> ObjectType:
    """The kind called *name*; raise `UnknownKind`."""
    try:
        return object_types()[name]
    except KeyError:
        raise UnknownKind(name=name) from None


def snake(parameter: str) -> str:
    """The name of a task's option for *parameter*: ``RemoteIPRanges`` is ``remote_ip_ranges``."""
    return "_".join(word.lower() for word in _WORDS.findall(parameter))


def argument_spec(kind: ObjectType) -> dict[str, dict[str, Any]]:
    """The options of *kind*'s properties as Ansible describes them."""
    spec: dict[str, dict[str, Any]] = {}
    for item in kind.properties:
        entry: dict[str, Any] = {"type": item.kind.option}
        if item.kind.elements:
            entry["elements"] = item.kind.elements
        if item.choices:
            entry["choices"] = list(item.choices)
        spec[item.option] = entry
    return spec


def naming_spec(kind: ObjectType) -> dict[str, dict[str, Any]]:
    """The options by which a task says which object of *kind* it means, and whether it is there."""
    spec: dict[str, dict[str, Any]] = {"site": {"type": "str", "required": True}}
    if kind.place.of_server:
        spec["server"] = {"type": "str", "required": True}
    if kind.place is Place.MEMBER:
        spec["group"] = {"type": "str", "required": True}
    if kind.place.named:
        spec["name"] = {"type": "str", "required": True}
    if kind.place.made:
        spec["state"] = {"type": "str", "default": "present", "choices": ["present", "absent"]}
    return spec


def _object_type(name: str, row: Mapping[str, Any]) -> ObjectType:
    commit = row.get("commit")
    return ObjectType(
        name=name,
        noun=row["noun"],
        place=Place(row["place"]),
        properties=tuple(_property(parameter, value) for parameter, value in row["properties"].items()),
        about=row.get("about", ""),
        named_by=row.get("named_by", "Name"),
        called=row.get("called", ""),
        fixed=row.get("fixed", {}),
        all_but={key: tuple(values) for key, values in row.get("all_but", {}).items()},
        known_by=tuple(row.get("known_by", ())),
        commit=Commit(**commit) if commit else None,
        example=row.get("example", {}),
    )


def _property(parameter: str, value: Any) -> Property:
    row = {"kind": value} if isinstance(value, str) else value
    return Property(
        option=row.get("option") or snake(parameter),
        parameter=parameter,
        kind=kinds.KINDS[row["kind"]],
        choices=tuple(row.get("choices", ())),
        shown=row.get("shown", ""),
        create_only=row.get("create_only", False),
        only_made=row.get("only_made", False),
        about=row.get("about", ""),
    )
