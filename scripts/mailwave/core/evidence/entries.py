"""The journal's entries as they leave the ledger: one line of canonical JSON each, sealed as the ledger seals them.

The digest of an entry is the sha256 of its other members as RFC 8785 JSON; `previous` is that of the entry before.
A leaf of the Merkle tree holds the 32 bytes of an entry's digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from mailwave.core.evidence import merkle
from mailwave.core.evidence.refusals import EvidenceBroken
from mailwave.core.manifest import canonical, digest
from mailwave.core.reason import Reason

GENESIS = "sha256:" + "0" * 64
"""What the first entry has in place of a digest before it."""


class Journalled(Protocol):
    """One entry as a ledger tells it."""

    @property
    def n(self) -> int:
        """Its number, from 1."""
        ...

    @property
    def at(self) -> datetime:
        """When it was written, in UTC."""
        ...

    @property
    def act(self) -> str:
        """What was done."""
        ...

    @property
    def subject(self) -> str:
        """To what."""
        ...

    @property
    def detail(self) -> Mapping[str, object]:
        """With what."""
        ...

    @property
    def reason(self) -> Reason:
        """Who, from where, under which ticket and why."""
        ...


class Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry with its seal; *at* is UTC text of one width, *detail* canonical JSON as text."""

    n: int
    at: str
    act: str
    subject: str
    detail: str
    who: str
    source: str
    ticket: str
    why: str
    previous: str
    digest: str

    @property
    def line(self) -> bytes:
        """It as a line of a segment."""
        return canonical(self) + b"\n"

    @property
    def leaf(self) -> bytes:
        """The hash of its leaf in the Merkle tree."""
        return merkle.leaf(bytes.fromhex(self.digest.removeprefix("sha256:")))

    def artifacts(self) -> list[str]:
        """The digests, in hex, of the artifacts that the end of an act names."""
        about = msgspec.json.decode(self.detail)
        ended = about.get("detail") if isinstance(about, dict) else None
        named = [ended.get(key) for key in ("artifact", "verified")] if isinstance(ended, dict) else []
        return [
            each.removeprefix("sha256:")
            for each in named
            if isinstance(each, str) and each.startswith("sha256:")
        ]


def seal(entries: Iterable[Journalled]) -> list[Sealed]:
    """The whole journal, sealed from its first entry."""
    sealed: list[Sealed] = []
    previous = GENESIS
    for entry in entries:
        members = {
            "n": entry.n,
            "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "act": entry.act,
            "subject": entry.subject,
            "detail": canonical(entry.detail).decode(),
            "who": entry.reason.who,
            "source": entry.reason.source,
            "ticket": entry.reason.ticket,
            "why": entry.reason.text,
            "previous": previous,
        }
        previous = digest(members)
        sealed.append(msgspec.convert({**members, "digest": previous}, Sealed))
    return sealed


def tree(sealed: Sequence[Sealed]) -> merkle.Tree:
    """The Merkle tree over *sealed*."""
    return merkle.Tree(entry.leaf for entry in sealed)


def opened(line: bytes, n: int, previous: str, file: str) -> Sealed:
    """The entry *n* in *line*, which follows the digest *previous*.

    Raises:
        EvidenceBroken: it is not that entry, or not as it was sealed.
    """
    try:
        entry = msgspec.json.decode(line, type=Sealed)
        members = msgspec.to_builtins(entry)
        whole = entry.line == line
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        raise EvidenceBroken("it cannot be read", file=file, n=n) from None
    stated = members.pop("digest")
    act = entry.act
    if entry.n != n:
        raise EvidenceBroken(f"it calls itself entry {entry.n}", file=file, n=n, act=act)
    if not whole:
        raise EvidenceBroken("it is not written as it was kept", file=file, n=n, act=act)
    if digest(members) != stated:
        raise EvidenceBroken("it was changed", file=file, n=n, act=act)
    if entry.previous != previous:
        raise EvidenceBroken("it does not follow the entry before", file=file, n=n, act=act)
    return entry
