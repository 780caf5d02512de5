"""Makes a file for `pulumi import` of what a stack would make and the tenant has: ``python -m infra.adoption``.

It reads `pulumi preview --json` on its standard input and writes the file on its standard output::

    pulumi preview --stack hybrid-pilot --json | python -m infra.adoption > import.json
    pulumi import --stack hybrid-pilot --file import.json --protect=false --generate-code=false

After the import a preview shows what the program would change in these objects, property by property, and nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.exchange import engine
from infra.exchange.provider import connect
from infra.exchange.table import TYPES

Exists = Callable[[str, str], bool]
"""Tells whether the tenant has an object, by its type in the engine and its id."""


def import_file(preview: Mapping[str, Any], exists: Exists) -> dict[str, Any]:
    """Return the file for the resources of *preview* that would be made and whose objects exist."""
    new = [step["newState"] for step in preview["steps"] if step["op"] == "create"]
    found = [state for state in new if state["type"] in TYPES and exists(state["type"], object_id(state))]
    above = {state["urn"]: state for state in new}
    parents = {state["parent"] for state in found} & set(above)
    providers = {state["provider"].rpartition("::")[0] for state in found} & set(above)
    kept = [state for state in new if state in found or state["urn"] in parents | providers]
    return {"resources": [_entry(state, kept) for state in kept]}


def object_id(state: Mapping[str, Any]) -> str:
    """Return what Exchange calls the object of a resource."""
    return TYPES[state["type"]].identity(state["inputs"])


def _entry(state: Mapping[str, Any], kept: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    entry = {"type": state["type"], "name": _unique(state), "logicalName": _name(state)}
    if state["type"] not in TYPES:
        more = {"inputs": state["inputs"]} if state["custom"] else {"component": True}
        return entry | more
    entry |= {"id": object_id(state)}
    by_urn = {each["urn"]: each for each in kept}
    for key, urn in (("parent", state["parent"]), ("provider", state["provider"].rpartition("::")[0])):
        if urn in by_urn:
            entry[key] = _unique(by_urn[urn])
    return entry


def _name(state: Mapping[str, Any]) -> str:
    return str(state["urn"]).rpartition("::")[2]


def _unique(state: Mapping[str, Any]) -> str:
    """The file wants names that differ whatever their types."""
    return f"{_name(state)} {state['type'].rpartition(':')[2]}"


def main() -> None:
    """Read a preview, ask the tenant of the endpoints file, and write the file."""
    preview = json.load(sys.stdin)
    _, admin = connect()

    def exists(token: str, name: str) -> bool:
        return engine.find(admin, TYPES[token], name) is not None

    json.dump(import_file(preview, exists), sys.stdout, indent=2)


if __name__ == "__main__":
    main()
