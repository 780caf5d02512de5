# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The objects that a task names, checked against the table before anything is read or sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.mailwave.exchange.plugins.plugin_utils.engine import Wanted, every
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import PlayError
from ansible_collections.mailwave.exchange.plugins.plugin_utils.object_types import (
    ObjectType,
    argument_spec,
    naming_spec,
    object_type,
)

from exchange_admin.port import ExchangeAdmin

EVERY = "*"
"""The name that stands for every object of a kind that exists."""

Entry = Mapping[str, Any]


class BadEntry(PlayError):
    """The entry of a task for *kind* called *name* does not fit its kind: *why*."""

    def __init__(self, *, kind: str, name: str, why: str) -> None:
        self.kind = kind
        self.name = name
        self.why = why
        super().__init__(f"{kind} {name!r}: {why}".replace(" ''", ""))


def wanted(entry: Entry) -> Wanted:
    """The object that *entry* describes: `kind`, what names it, `settings` or `includes`, `state` and `check`.

    Raises:
        UnknownKind: the table holds no such kind.
        BadEntry: an option is missing, unknown, or of another type than its kind says.
    """
    kind = object_type(entry["kind"])
    named = {key: entry.get(key) or "" for key in ("name", "server", "group")}
    _require(kind, named)
    state = entry.get("state") or "present"
    if state == "absent" and not kind.place.made:
        raise BadEntry(kind=kind.name, name=named["name"], why="such an object is never removed")
    return Wanted(
        kind=kind,
        **named,
        values=_validated(kind, named["name"], entry.get("settings") or {}),
        includes=_validated(kind, named["name"], entry.get("includes") or {}),
        present=state == "present",
        check=entry.get("check") or "",
    )


def spread(admin: ExchangeAdmin, objects: Iterable[Wanted]) -> list[Wanted]:
    """*objects*, with each one that is called `*` replaced by those that exist."""
    found: list[Wanted] = []
    for each in objects:
        if each.name != EVERY:
            found.append(each)
            continue
        found += [
            Wanted(each.kind, name, values=each.values, includes=each.includes, check=each.check)
            for name in every(admin, each.kind)
        ]
    return found


def _require(kind: ObjectType, named: Mapping[str, str]) -> None:
    needed = set(naming_spec(kind)) & set(named)
    missing = sorted(key for key in needed if not named[key])
    extra = sorted(key for key, value in named.items() if value and key not in needed)
    if missing:
        raise BadEntry(kind=kind.name, name=named["name"], why=f"give {' and '.join(missing)}")
    if extra:
        raise BadEntry(kind=kind.name, name=named["name"], why=f"it has no {' and no '.join(extra)}")


def _validated(kind: ObjectType, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    result = ArgumentSpecValidator(argument_spec(kind)).validate(dict(values))
    if result.error_messages:
        raise BadEntry(kind=kind.name, name=name, why="; ".join(result.error_messages))
    return {option: value for option, value in result.validated_parameters.items() if value is not None}
