"""What a stack's exported state holds, as the rules of the controls see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from controls.model import UNKNOWN, Key, Resource

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks a value which is more than JSON, such as a secret (pulumi sdk/go/common/resource/sig)."""


def declared(stack: str, deployment: Mapping[str, Any]) -> tuple[Resource, ...]:
    """The resources of *stack* in its state, by what was declared; what is encrypted there is not known here."""
    return tuple(
        Resource(
            stack=stack,
            type=entry["type"],
            name=_name(entry["urn"]),
            properties=_plain(entry.get("inputs") or {}),
            protect=bool(entry.get("protect")),
            depends={
                path: tuple(map(_key, urns or ()))
                for path, urns in (entry.get("propertyDependencies") or {}).items()
            },
            urn=entry["urn"],
        )
        for entry in deployment.get("resources") or []
        if not entry.get("delete")  # the old half of a replacement that was cut off
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return UNKNOWN if _SIGNATURE in value else {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value


def _name(urn: str) -> str:
    return urn.split("::", maxsplit=3)[-1]


def _key(urn: str) -> Key:
    """The type and the name in a URN, whose third part has the parents' types before the own."""
    _, _, kinds, name = urn.split("::", maxsplit=3)
    return kinds.rpartition("$")[2], name
