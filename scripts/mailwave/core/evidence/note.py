"""Signed notes and checkpoints in the form of C2SP (signed-note, tlog-checkpoint), which transparency logs share.

A checkpoint is three lines, the log's name, its size and its root in base64, and below an empty line one signature a
line. A signature names its key by the key's name and four bytes of a digest.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Self

import msgspec

ED25519 = 1
ECDSA = 2
_DASH = "\N{EM DASH} "
_MOST_SIGNATURES = 16
_HASH_BYTES = 32
_NAME = re.compile(r"[!-*,-~]+")  # printable ASCII without space and plus; the standard allows more
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")


class NoteBroken(Exception):
    """Bytes that are no note, or no note that a trusted key signed; *why* says which."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"it is no checkpoint that a trusted key has signed: {why}")


class NoteKey(msgspec.Struct, frozen=True):
    """A key that signs notes: *material* is 32 bytes of `ED25519`, or of `ECDSA` its SubjectPublicKeyInfo in DER."""

    name: str
    kind: int
    material: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names this key; for ECDSA the key's own digest, as the standard says."""
        if self.kind == ECDSA:
            return hashlib.sha256(self.material).digest()[:4]
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.material
        return hashlib.sha256(named).digest()[:4]

    @property
    def text(self) -> str:
        """The key as other programs read it: name, id in hex, and type with key in base64."""
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.kind]) + self.material)}"


class Checkpoint(msgspec.Struct, frozen=True):
    """What the log called *origin* says of itself: it has *size* entries, under *root*."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed.

        Raises:
            ValueError: the origin is no name for a log.
        """
        if not _NAME.fullmatch(self.origin):
            raise ValueError(f"{self.origin!r} is no name for a log")
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @property
    def short(self) -> str:
        """The form that reports print."""
        return f"journal {self.size} {_base64(self.root)}"

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read the three lines; raise `NoteBroken` for anything else."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not _NAME.fullmatch(lines[0]) or not _SIZE.fullmatch(lines[1]):
            raise NoteBroken("it does not have the three lines of a checkpoint")
        root = unbase64(lines[2])
        if len(root) != _HASH_BYTES:
            raise NoteBroken("its root is no sha256")
        return cls(lines[0], int(lines[1]), root)


def signed(checkpoint: Checkpoint, key: NoteKey, sign: Callable[[bytes], bytes]) -> bytes:
    """*checkpoint* as a note that *key* has signed, by *sign*."""
    signature = _base64(key.id + sign(checkpoint.text.encode()))
    return f"{checkpoint.text}\n{_DASH}{key.name} {signature}\n".encode()


IsGood = Callable[[NoteKey, bytes, bytes], bool]
"""Whether a key has made the signature (last) on a message."""


def opened(note: bytes, keys: Sequence[NoteKey], is_good: IsGood) -> Checkpoint:
    """The checkpoint of *note*, which at least one of *keys* has signed and on which no signature of theirs is wrong.

    Raises:
        NoteBroken: it is not such a note.
    """
    text, lines = _split(note)
    checkpoint = Checkpoint.of_text(text)
    good = 0
    for line in lines:
        name, key_id, signature = _signature(line)
        for key in keys:
            if key.name == name == checkpoint.origin and key.id == key_id:
                if not is_good(key, text.encode(), signature):
                    raise NoteBroken("a signature of a trusted key is wrong")
                good += 1
    if not good:
        raise NoteBroken("no trusted key has signed it")
    return checkpoint


def _split(note: bytes) -> tuple[str, list[str]]:
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        raise NoteBroken("it is not UTF-8") from None
    text, empty, rest = whole.rpartition("\n\n")
    lines = rest.split("\n")
    if not empty or lines.pop() or not 1 <= len(lines) <= _MOST_SIGNATURES:
        raise NoteBroken("it has no signatures below an empty line")
    return f"{text}\n", lines


def _signature(line: str) -> tuple[str, bytes, bytes]:
    """Name of the key, its four bytes, and the signature."""
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    decoded = unbase64(encoded)
    if not line.startswith(_DASH) or not space or len(decoded) <= 4:
        raise NoteBroken("a line below the empty one is no signature")
    return name, decoded[:4], decoded[4:]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unbase64(text: str) -> bytes:
    """The bytes of *text* in base64, of which there is one way to write them; raise `NoteBroken`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteBroken("it has something that is no base64") from None
    if _base64(data) != text:
        raise NoteBroken("it has base64 that is written in another way than usual")
    return data
