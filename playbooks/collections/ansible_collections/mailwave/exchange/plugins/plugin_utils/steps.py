# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The steps by which workload management may be raised (fact C5): 25 first, then ten more at a time, never over 100."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

FIRST, STEP, MOST = 25, 10, 100


def next_moves(objects: Iterable[Mapping[str, Any]]) -> int:
    """The most moves at a time that may be set now, by the overrides *objects* as the action objects returned them.

    The lowest of them decides: where one section is not overridden, ten moves is what there is.
    """
    set_now = [_moves(each.get("values") or {}) for each in objects]
    if not set_now or None in set_now:
        return FIRST
    lowest = min(value for value in set_now if value is not None)
    return min(max(FIRST, lowest + STEP), MOST)


def _moves(values: Mapping[str, Any]) -> int | None:
    for text in values.get("parameters") or ():
        name, _, value = str(text).partition("=")
        if name.strip().casefold() == "maxconcurrency" and value.strip().isdigit():
            return int(value)
    return None
