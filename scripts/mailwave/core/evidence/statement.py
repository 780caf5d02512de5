"""What one push has added, as an in-toto statement: every object by name and sha256, and what came before."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from mailwave.core.evidence import names
from mailwave.core.evidence.refusals import EvidenceBroken, UnfitName
from mailwave.core.manifest import canonical

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:mailwave:evidence:v1"
PAYLOAD = "application/vnd.in-toto+json"
_FIT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One object: *name* is its own in the vault, or the file's name of an artifact."""

    name: str
    digest: Mapping[str, str]

    @property
    def object(self) -> str:
        """The name of the object in the vault."""
        return self.name if names.read(self.name) else f"objects/{self.digest.get('sha256', '')}"


class Predicate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Statement *number* of the log *origin*, made *at* a moment in UTC.

    *previous* is the sha256 of the statement before, empty in the first. The journal has *size* entries, which the
    object *checkpoint* anchors.
    """

    origin: str
    environment: str
    number: int
    previous: str
    at: str
    size: int
    checkpoint: str


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"type": "_type"}):
    """The whole statement."""

    subject: tuple[Subject, ...]
    predicate: Predicate
    type: str = TYPE
    predicateType: str = PREDICATE  # noqa: N815 -- in-toto's own word

    @property
    def payload(self) -> bytes:
        """What is signed."""
        return canonical(self)


def read(payload: bytes, file: str) -> Statement:
    """The statement that *payload* is.

    Raises:
        EvidenceBroken: it is none of ours.
    """
    try:
        found = msgspec.json.decode(payload, type=Statement)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise EvidenceBroken("it states nothing that can be read", file=file) from None
    if (found.type, found.predicateType) != (TYPE, PREDICATE):
        raise EvidenceBroken("it states something else than evidence", file=file)
    return found


def artifact(name: str, content: bytes) -> Subject:
    """The subject for the file *name* with *content*.

    Raises:
        UnfitName: no object may be called so.
    """
    for part in name.split("/"):
        if not _FIT.fullmatch(part):
            raise UnfitName(name)
    if names.read(name):
        raise UnfitName(name)
    return Subject(name, {"sha256": names.hexed(content)})
