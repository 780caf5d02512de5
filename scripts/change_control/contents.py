"""What a change is made of: one list, in canonical form, that names every file of it by its digest.

The list's own digest names the whole change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec
import rfc8785


class Window(msgspec.Struct, frozen=True):
    """When the change may be made, in UTC; the end is not part of it."""

    begins: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        """Whether the moment *at* lies inside."""
        return self.begins <= at < self.ends


class StackPart(msgspec.Struct, frozen=True, kw_only=True):
    """One stack's update.

    *plan* and *preview* are files of the bundle, empty where it could not be previewed; *steps* is the digest of the
    engine's steps in canonical form, *state* that of the state which they start from, *last_update* the latest entry of
    its history. *provisional* says why the preview does not hold yet; such a part is approved in a later bundle.
    """

    stack: str
    layer: str
    plan: str = ""
    preview: str = ""
    steps: str = ""
    state: str = ""
    last_update: str = ""
    provisional: str = ""

    @property
    def name(self) -> str:
        """What an approval calls it."""
        return f"stack {self.stack}"


class PlayPart(msgspec.Struct, frozen=True, kw_only=True):
    """One play: *prediction* is the file with what check mode found, *changes* how many lines of it are changes."""

    provisional: ClassVar[str] = ""
    play: str
    prediction: str
    changes: int

    @property
    def name(self) -> str:
        """What an approval calls it."""
        return f"play {self.play}"


class WavePart(msgspec.Struct, frozen=True, kw_only=True):
    """One wave: *digest* is that of its list in the ledger's plan, *manifest* the file with what it holds."""

    provisional: ClassVar[str] = ""
    wave: str
    digest: str
    window: Window
    mailboxes: int
    organisations: int
    manifest: str

    @property
    def name(self) -> str:
        """What an approval calls it."""
        return f"wave {self.wave}"


Part = StackPart | PlayPart | WavePart


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a change is made of.

    *sources* and *tools* are digests and versions by name, *files* digests by path. *journal* is how long the journal
    was, and its root. *unread* says what could not be looked at.
    """

    version: int = 1
    environment: str
    tenant: str
    requester: str
    ticket: str
    why: str
    made_at: datetime
    window: Window
    sources: Mapping[str, str]
    tools: Mapping[str, str]
    journal: str = ""
    stacks: tuple[StackPart, ...] = ()
    plays: tuple[PlayPart, ...] = ()
    waves: tuple[WavePart, ...] = ()
    unread: tuple[str, ...] = ()
    files: Mapping[str, str] = {}

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part, in the order in which they are made."""
        return (*self.stacks, *self.plays, *self.waves)

    @property
    def firm(self) -> tuple[Part, ...]:
        """The parts that can be approved."""
        return tuple(part for part in self.parts if not part.provisional)


def canonical(value: object) -> bytes:
    """*value* as RFC 8785 JSON; the same meaning gives the same bytes."""
    return rfc8785.dumps(msgspec.to_builtins(value, str_keys=True))


def digest_of(data: bytes) -> str:
    """``sha256:`` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
