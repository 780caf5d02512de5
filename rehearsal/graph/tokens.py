"""Page and delta tokens: opaque to clients, checked when they come back (facts E1, E3)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

import msgspec

from rehearsal.graph.errors import BadRequest
from rehearsal.graph.options import Options


class PageToken(msgspec.Struct, frozen=True):
    """Where a list goes on: at *start* of the ids or of the sorted list; *query* is a digest of what was asked.

    *eventual*: the first page was asked with the header of advanced queries.
    """

    start: int
    query: str
    eventual: bool


class DeltaToken(msgspec.Struct, frozen=True):
    """Where changes go on: after *version*; *start* is set while the first reading is still on its way.

    *select* and *ids* come from the first request; *issued* in seconds since 1970.
    """

    version: int
    issued: float
    start: int | None
    select: tuple[str, ...] | None
    ids: tuple[str, ...] | None


class Seal:
    """Writes and reads tokens of one tenant."""

    def __init__(self, tenant_id: str, options: Options) -> None:
        self._key = f"graph {tenant_id}".encode()
        self._checked = options.links_are_opaque

    def write(self, token: PageToken | DeltaToken) -> str:
        """The text of a token."""
        data = msgspec.json.encode(token)
        return base64.urlsafe_b64encode(self._proof(data) + data).decode("ascii").rstrip("=")

    def read[T: PageToken | DeltaToken](self, kind: type[T], text: str) -> T:
        """The token of this text. Raises `BadRequest` for one that the service did not make."""
        try:
            data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            found = msgspec.json.decode(data[8:], type=kind)
        except (binascii.Error, ValueError):
            raise BadRequest("Badly formed token.") from None
        if self._checked and not hmac.compare_digest(data[:8], self._proof(data[8:])):
            raise BadRequest("Badly formed token.")
        return found

    def _proof(self, data: bytes) -> bytes:
        return hmac.digest(self._key, data, "sha256")[:8]


def digest(text: str) -> str:
    """A short digest of what was asked."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
