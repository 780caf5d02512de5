"""The names of objects in the vault: what they hold is part of the name, so none can be taken for another.

    journal/<first>-<last>-<sha256>.jsonl    entries of the journal, one a line
    checkpoints/<size>-<sha256>.note         a signed checkpoint
    objects/<sha256>                         an artifact, as it stands
    statements/<number>.json                 what one push has added, signed; the number is taken once

Numbers have leading zeroes, so that the order of the names is the order of the things.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

import msgspec

_DIGITS = 12
_MOST = 10**_DIGITS - 1


class Kind(StrEnum):
    """What an object is."""

    SEGMENT = "journal"
    CHECKPOINT = "checkpoints"
    ARTIFACT = "objects"
    STATEMENT = "statements"


_FORMS = {
    Kind.SEGMENT: re.compile(r"journal/(?P<first>\d{12})-(?P<last>\d{12})-(?P<digest>[0-9a-f]{64})\.jsonl"),
    Kind.CHECKPOINT: re.compile(r"checkpoints/(?P<last>\d{12})-(?P<digest>[0-9a-f]{64})\.note"),
    Kind.ARTIFACT: re.compile(r"objects/(?P<digest>[0-9a-f]{64})"),
    Kind.STATEMENT: re.compile(r"statements/(?P<last>\d{12})\.json"),
}


class Name(msgspec.Struct, frozen=True):
    """A name taken apart: entries *first* to *last*, or size or number in *last*; *digest* is empty in a statement."""

    text: str
    kind: Kind
    first: int = 0
    last: int = 0
    digest: str = ""


def hexed(content: bytes) -> str:
    """The sha256 of *content* in hex."""
    return hashlib.sha256(content).hexdigest()


def segment(first: int, last: int, content: bytes) -> str:
    """The name of the entries *first* to *last*, which are *content*."""
    return f"journal/{first:012}-{last:012}-{hexed(content)}.jsonl"


def checkpoint(size: int, content: bytes) -> str:
    """The name of a checkpoint of *size* entries, which is *content*."""
    return f"checkpoints/{size:012}-{hexed(content)}.note"


def artifact(content: bytes) -> str:
    """The name of the artifact *content*."""
    return f"objects/{hexed(content)}"


def statement(number: int) -> str:
    """The name of the statement *number*, from 1."""
    if not 1 <= number <= _MOST:
        raise ValueError(f"there is no statement {number}")
    return f"statements/{number:012}.json"


def read(text: str) -> Name | None:
    """The parts of the name *text*; None when no object of ours is called that."""
    for kind, form in _FORMS.items():
        found = form.fullmatch(text)
        if found and text.isascii():
            parts = found.groupdict()
            numbers = {part: int(parts[part]) for part in ("first", "last") if part in parts}
            return Name(text, kind, **numbers, digest=parts.get("digest", ""))
    return None
