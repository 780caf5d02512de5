"""Making what outside systems say fit to be stored: any database takes it, and it comes back as it was written."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import msgspec

from mailwave.core.texts import UNSTORABLE


def storable(text: str) -> str:
    """*text* in Unicode form C, with NULs and lone surrogates replaced by U+FFFD."""
    return unicodedata.normalize("NFC", UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text))


def storable_detail(detail: Mapping[str, object]) -> dict[str, Any]:
    """*detail* as plain JSON values whose text is storable."""
    plain: dict[str, Any] = _walk(msgspec.to_builtins(detail, str_keys=True))
    return plain


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(key): _walk(item) for key, item in value.items()}
    return [_walk(item) for item in value] if isinstance(value, (list, tuple)) else value
