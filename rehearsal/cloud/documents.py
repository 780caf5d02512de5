"""JSON documents laid over one another, and values found in them by paths.

A path names properties from the outside in, with dots between; ``[]`` after a name stands for every item of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def overlaid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """*below* with *above* on top, object by object; what *above* says wins."""
    return dict(below) | {
        name: overlaid(below[name], item) if _both_objects(below.get(name), item) else item
        for name, item in above.items()
    }


def merge_patched(target: Any, patch: Any) -> Any:
    """*target* after the merge *patch* (RFC 7386): null removes."""
    if not isinstance(patch, Mapping):
        return patch
    before = target if isinstance(target, Mapping) else {}
    kept = {name: item for name, item in before.items() if name not in patch}
    changed = {
        name: merge_patched(before.get(name), item) for name, item in patch.items() if item is not None
    }
    return kept | changed


def conflicts(written: Mapping[str, Any], fixed: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The paths at which *written* says something other than *fixed*."""
    for name, item in fixed.items():
        if name not in written:
            continue
        if _both_objects(written[name], item):
            yield from conflicts(written[name], item, f"{path}{name}.")
        elif written[name] != item:
            yield f"{path}{name}"


def values_at(document: Any, path: str) -> list[Any]:
    """Every value of *document* at *path*, without those that are absent or null."""
    found = [document]
    for part in path.split("."):
        name = part.removesuffix("[]")
        found = [item[name] for item in found if isinstance(item, Mapping) and item.get(name) is not None]
        if part.endswith("[]"):
            found = [item for items in found if isinstance(items, list) for item in items]
    return found


def without(document: Any, path: str) -> Any:
    """*document* without what lies at *path*."""
    part, _, rest = path.partition(".")
    name = part.removesuffix("[]")
    if not isinstance(document, Mapping) or name not in document:
        return document
    if not rest:
        return {key: item for key, item in document.items() if key != name}
    inner = document[name]
    if part.endswith("[]") and isinstance(inner, list):
        return {**document, name: [without(item, rest) for item in inner]}
    return {**document, name: without(inner, rest)}


def _both_objects(one: Any, other: Any) -> bool:
    return isinstance(one, Mapping) and isinstance(other, Mapping)
