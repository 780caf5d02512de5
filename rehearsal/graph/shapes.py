"""Objects as Graph shows them: by the names that were asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec

from rehearsal.directory.objects import EXCHANGE_FIELDS, AdministrativeUnit, DirectoryObject, Group, User
from rehearsal.graph.capabilities import RESOURCES
from rehearsal.graph.errors import BadRequest

Row = dict[str, Any]
HIDDEN = {EXCHANGE_FIELDS, "extensionAttribute1"}
ODATA_TYPES = {
    User: "#microsoft.graph.user",
    Group: "#microsoft.graph.group",
    AdministrativeUnit: "#microsoft.graph.administrativeUnit",
}
_EXTENSIONS = "onPremisesExtensionAttributes"


def moment(value: datetime) -> str:
    """A moment as Graph writes it."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def names(kind: type[DirectoryObject]) -> dict[str, str]:
    """The field of each property of a kind of object, by the name that Graph gives it."""
    found = {each.encode_name: each.name for each in msgspec.structs.fields(kind)}
    for hidden in HIDDEN:
        found.pop(hidden, None)
    return found | ({_EXTENSIONS: "on_premises_extension_attributes"} if kind is User else {})


@cache
def getter(kind: type[DirectoryObject], name: str) -> Callable[[Any], object]:
    """What reads the property *name*, or a part of one such as `a/b`, of an object."""
    if name.startswith(f"{_EXTENSIONS}/"):
        field = _snake(name.partition("/")[2])
        return lambda each: getattr(each, field, None)
    field = names(kind)[name]
    return lambda each: getattr(each, field)


def check_select(kind: type[DirectoryObject], select: Iterable[str]) -> None:
    """Refuse a property that a kind of object does not have. Raises `BadRequest`."""
    for name in select:
        if name.partition("/")[0] not in names(kind) and name not in COMPUTED.get(kind, ()):
            raise BadRequest(
                f"Could not find a property named '{name}' on type "
                f"'microsoft.graph.{ODATA_TYPES[kind].rpartition('.')[2]}'."
            )


COMPUTED: dict[type[DirectoryObject], tuple[str, ...]] = {Group: ("licenseProcessingState",)}
"""Properties that are worked out by whoever answers, and not stored."""


def row(each: DirectoryObject, select: tuple[str, ...] | None = None) -> Row:
    """An object as JSON, with the properties of *select*, or those that Graph shows by default."""
    kind = type(each)
    fields = names(kind)
    wanted = select or RESOURCES[kind].shown
    shown = {name: getattr(each, fields[name]) for name in wanted if name in fields}
    built: Row = msgspec.to_builtins({name: _plain(value) for name, value in shown.items()})
    return built


def _plain(value: object) -> object:
    return moment(value) if isinstance(value, datetime) else value


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
