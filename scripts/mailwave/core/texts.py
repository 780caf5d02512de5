"""Which texts every database keeps as they are."""

from __future__ import annotations

import re

from mailwave.core.refusals import Unstorable

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL takes no NUL, and nothing in UTF-8 half of a surrogate pair; SQLite takes and keeps both."""

LONGEST_KEY = 300
"""Characters of a text that is indexed: an entry of PostgreSQL's trees takes 2,704 bytes, of two texts."""


def refuse_unstorable(text: str, longest: int | None = None) -> None:
    """Raise `Unstorable` when *text* has over *longest* characters (None: any number), or one that is not kept."""
    if UNSTORABLE.search(text):
        raise Unstorable(text=text, why="it holds a NUL or half of a surrogate pair")
    if longest is not None and len(text) > longest:
        raise Unstorable(text=text, why=f"it has over {longest} characters")
