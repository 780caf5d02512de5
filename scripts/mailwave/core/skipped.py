"""The items that a move would lose, as the service lists them, and consent to exactly these (facts B30, B32, B34)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mailwave.core.manifest import digest


class SkippedItem(msgspec.Struct, frozen=True, order=True):
    """One item that was not copied: its *kind* of trouble, the *folder* it is in, its *subject* and *size* in words."""

    kind: str
    folder: str
    subject: str
    size: str


def items_digest(guid: str, items: Iterable[SkippedItem]) -> str:
    """The digest of *items* of the mailbox *guid*, in whatever order they are listed."""
    return digest({"mailbox": guid, "skipped": sorted(items)})
