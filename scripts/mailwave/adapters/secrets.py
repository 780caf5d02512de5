"""Keeps the credentials of an endpoints file out of whatever a play reports."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from estate_schema.endpoints import SecretUnreadable, load_endpoints

HIDDEN = "(hidden)"

SHORTEST = 6
"""Characters; a shorter secret would hide ordinary words, and none is issued."""


@dataclass(frozen=True)
class Censor:
    """Puts `HIDDEN` in the place of each of *secrets*."""

    secrets: tuple[str, ...]

    @classmethod
    def of_endpoints(cls, file: Path) -> Self:
        """One for every secret that the endpoints file *file* names; a secret that cannot be read is in no report."""
        credentials = load_endpoints(file).credentials
        found = []
        for named in (
            *(credentials.exchange_online, credentials.courier, credentials.mender),
            *(credentials.sites, credentials.notify, credentials.smtp),
        ):
            try:
                found.append(named.secret() if named else "")
            except SecretUnreadable:
                continue
        return cls(
            tuple(sorted({secret for secret in found if len(secret) >= SHORTEST}, key=len, reverse=True))
        )

    def text(self, text: str) -> str:
        """*text* without a secret."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def line(self, line: bytes) -> bytes:
        """A line of JSON without a secret, in whichever way it is written there."""
        for secret in self.secrets:
            for written in (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
                line = line.replace(written.encode(), HIDDEN.encode())
        return line
