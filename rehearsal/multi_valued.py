"""Lists that Exchange lets a client change by items added and removed, online and on premises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def edited(before: Iterable[object], edit: Mapping[str, Sequence[object]]) -> list[str]:
    """Return a list after `Remove`, then `Add` (fact A18); the case of letters tells no two items apart."""
    gone = {str(item).casefold() for item in edit.get("Remove", ())}
    kept = {str(item).casefold(): str(item) for item in before}
    for name in gone & kept.keys():
        del kept[name]
    for item in edit.get("Add", ()):
        kept.setdefault(str(item).casefold(), str(item))
    return list(kept.values())
