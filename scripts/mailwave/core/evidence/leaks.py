"""Finds a known secret in what is about to be kept, in whichever common way it is written there."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters; a shorter secret would be found in ordinary words, and none is issued."""

_LONG_LINE = 16
"""Characters: a line of a key in PEM counts as a secret of its own from this length on."""


class Leaks:
    """Looks for *secrets*, which are named by what they are for."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._forms = [
            (name, form, folded)
            for name, secret in secrets.items()
            for part in _parts(secret)
            for form, folded in sorted(set(_forms(part)))
        ]

    def found(self, content: bytes) -> str:
        """The name of the first secret that *content* holds; empty when it holds none."""
        lower = content.lower()
        for name, form, folded in self._forms:
            if form in (lower if folded else content):
                return name
        return ""


def _parts(secret: str) -> set[str]:
    lines = [line.strip() for line in secret.splitlines()]
    parts = {secret.strip()} if len(lines) < 2 else {line for line in lines if len(line) >= _LONG_LINE}
    return {part for part in parts if len(part) >= SHORTEST and not part.startswith("-----")}


def _forms(secret: str) -> Iterator[tuple[bytes, bool]]:
    """Each way to write *secret*, and whether it is looked for in small letters."""
    for raw in (secret.encode(), secret.encode("utf-16-le")):
        yield raw, False
        yield raw.hex().encode(), True
        for skipped in range(3):
            for encoded in (base64.b64encode, base64.urlsafe_b64encode):
                yield _inner(encoded(b"\0" * skipped + raw), skipped, len(raw)), False
    for text in (json.dumps(secret), json.dumps(secret, ensure_ascii=False)):
        yield text[1:-1].encode(), False
    for text in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield text.encode(), False
        yield text.lower().encode(), True


def _inner(encoded: bytes, skipped: int, length: int) -> bytes:
    """Those characters of base64 that depend on the secret alone, whatever stands before and behind it."""
    first = -(-skipped * 8 // 6)
    last = (skipped + length) * 8 // 6
    return encoded[first:last]
