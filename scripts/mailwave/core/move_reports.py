"""What moves say of themselves once they have ended: figures of all, and the report of those that did not go well."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from mailwave.core.moves import ENDED, Move

WELL = ENDED[0]

WITHHELD = "an entry about an item of the mailbox, which is not kept"
_OF_AN_ITEM = re.compile(r"subject|folder|\bitem \(|IPM\.", re.IGNORECASE)
"""Signs of an entry that names an item: no mail's subject is in anything that is kept."""


class Figures(msgspec.Struct, frozen=True):
    """What a move's own statistics count (fact B40); None where they do not say.

    *items* and *size_bytes* are the source's, *items_moved* and *bytes_moved* what has arrived; *bad*, *large* and
    *missing* items did not. *queued*, *working* and *stalled* are durations as .NET writes them. *failure* is its
    code, type and side.
    """

    items: int | None = None
    items_moved: int | None = None
    size_bytes: int | None = None
    bytes_moved: int | None = None
    bad: int | None = None
    large: int | None = None
    missing: int | None = None
    queued: str | None = None
    working: str | None = None
    stalled: str | None = None
    failure: str = ""


class UserReport(msgspec.Struct, frozen=True):
    """One user of a batch as the service showed it last.

    *figures* are None where its move is not there any more, *report* its entries, empty of what went well.
    """

    move: Move
    figures: Figures | None
    report: tuple[str, ...] = ()


def went_well(move: Move) -> bool:
    """Whether *move* has ended with nothing to look into."""
    return move.status == WELL


def without_items(entries: Iterable[str]) -> tuple[str, ...]:
    """The *entries* of a report, with something else in place of each that names an item."""
    return tuple(WITHHELD if _OF_AN_ITEM.search(entry) else entry for entry in entries)
