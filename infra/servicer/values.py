"""Property values as plain Python, and the marks Pulumi puts on them on the wire.

A value is None, a bool, an int, a float, a str, a list or a dict of values; beside these stand `UNKNOWN`, for what a
preview cannot know yet, and `Secret`, which the engine keeps encrypted. The signatures are those of Pulumi's
protocol (fact 1 of the Pulumi facts).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from google.protobuf import json_format, struct_pb2

type Properties = dict[str, Any]

_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature of the protocol
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Unknown(StrEnum):
    """The type of `UNKNOWN`: a value that a preview cannot know yet."""

    UNKNOWN = _UNKNOWN_TEXT


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True)
class Secret:
    """A value that the engine encrypts in its state and hides on screen."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(...)"


class UnsupportedValue(ValueError):
    """The engine sent a kind of value, such as an asset, that no resource here has."""

    def __init__(self, *, signature: str) -> None:
        self.signature = signature
        super().__init__(f"a value with the Pulumi signature {signature} is not supported by this provider")


def from_wire(properties: struct_pb2.Struct) -> Properties:
    """The properties in *properties*, with secrets unwrapped, unknowns as `UNKNOWN` and whole numbers as int."""
    return {name: _plain(value) for name, value in json_format.MessageToDict(properties).items()}


def to_wire(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """*properties* for the engine, with `Secret` and `UNKNOWN` marked as the protocol wants."""
    message = struct_pb2.Struct()
    message.update({name: _marked(value) for name, value in properties.items()})
    return message


def _plain(value: Any) -> Any:
    match value:
        case dict() if _SIGNATURE_KEY in value:
            return _unwrapped(value, value[_SIGNATURE_KEY])
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case str() if value == _UNKNOWN_TEXT:
            return UNKNOWN
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _unwrapped(value: Mapping[str, Any], signature: str) -> Any:
    if signature == _SECRET:
        return _plain(value["value"])
    if signature == _OUTPUT:
        return _plain(value["value"]) if "value" in value else UNKNOWN
    if signature == _RESOURCE:
        return _plain(value.get("id") or value["urn"])
    raise UnsupportedValue(signature=signature)


def _marked(value: Any) -> Any:
    match value:
        case Unknown():
            return _UNKNOWN_TEXT
        case Secret():
            return {_SIGNATURE_KEY: _SECRET, "value": _marked(value.value)}
        case Mapping():
            return {name: _marked(item) for name, item in value.items()}
        case list() | tuple():
            return [_marked(item) for item in value]
        case _:
            return value


def has_unknown(value: Any) -> bool:
    """Whether *value* is or holds something a preview cannot know yet."""
    match value:
        case Unknown():
            return True
        case Mapping():
            return any(has_unknown(item) for item in value.values())
        case list():
            return any(has_unknown(item) for item in value)
        case _:
            return False


def project(live: Any, shape: Any) -> Any:
    """*live*, cut down to what *shape* mentions.

    A read reports as inputs only what the program once said, else each value that the service computes beneath an
    input shows as drift (fact 1 of the Pulumi facts). What the program said and the service lost is left out. Lists
    are matched by position, and items that the service added stay, because they are drift.
    """
    match live, shape:
        case Mapping(), Mapping():
            return {name: project(live[name], item) for name, item in shape.items() if name in live}
        case list(), list():
            shapes = [*shape, *[None] * len(live)]
            return [project(item, shapes[place]) for place, item in enumerate(live)]
        case _:
            return live


class Kind(StrEnum):
    """What happened to one property."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True)
class Change:
    """One property that differs.

    *path* is written in Pulumi's way: ``a.b[0]["odd key"]``. *replace*: only a new object can have the new value.
    """

    path: str
    kind: Kind = Kind.UPDATE
    replace: bool = False

    @property
    def top(self) -> str:
        """The name of the resource's own property that the path begins in."""
        found = _PLAIN_KEY.match(self.path)
        return found.group() if found else self.path


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], replacing: Collection[str] = ()
) -> list[Change]:
    """Each place where *new* differs from *old*, by its deepest path, in the order of names.

    *replacing* holds the paths (without list positions) beneath which a difference needs a new object. An unknown
    new value counts as different, because it may be.
    """
    return [Change(path, kind, _is_beneath(path, replacing)) for path, kind in _walk(old, new, "")]


def _is_beneath(path: str, replacing: Collection[str]) -> bool:
    bare = re.sub(r"\[\d+\]", "", path)
    return any(bare == top or bare.startswith((f"{top}.", f"{top}[")) for top in replacing)


def _walk(old: Any, new: Any, path: str) -> Iterator[tuple[str, Kind]]:
    match old, new:
        case Mapping(), Mapping():
            for name in sorted({*old, *new}):
                yield from _compared(old, new, name, _joined(path, name))
        case list(), list():
            before, after = dict(enumerate(old)), dict(enumerate(new))
            for place in range(max(len(old), len(new))):
                yield from _compared(before, after, place, f"{path}[{place}]")
        case _ if old != new:
            yield path, Kind.UPDATE


def _compared(
    old: Mapping[Any, Any], new: Mapping[Any, Any], key: object, path: str
) -> Iterator[tuple[str, Kind]]:
    """None and absent are one: the SDK leaves out what is None."""
    before, after = old.get(key), new.get(key)
    if before is None and after is not None:
        yield path, Kind.ADD
    elif before is not None and after is None:
        yield path, Kind.DELETE
    else:
        yield from _walk(before, after, path)


def _joined(path: str, name: str) -> str:
    if not _PLAIN_KEY.fullmatch(name):
        escaped = name.replace('"', '\\"')
        return f'{path}["{escaped}"]'
    return f"{path}.{name}" if path else name
