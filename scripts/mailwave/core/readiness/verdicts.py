"""What one rule says of one subject, and what all of them together say of a mailbox."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from mailwave.core.states import MailboxState


class Result(IntEnum):
    """What a rule says, as it is kept in a column; from UNKNOWN on it blocks."""

    PASSED = 0
    SKIPPED = 1
    WAIVED = 2
    UNKNOWN = 3
    FAILED = 4


class Passed(msgspec.Struct, frozen=True, tag=True):
    """There is evidence, young enough, and it is good."""


class Failed(msgspec.Struct, frozen=True, tag=True):
    """There is evidence against: *reason* the finding, *remedy* what mends it, *owner* who must act."""

    reason: str
    remedy: str
    owner: str


class Skipped(msgspec.Struct, frozen=True, tag=True):
    """The rule is not asked here, because of *reason*; a waiver is one."""

    reason: str


class Unknown(msgspec.Struct, frozen=True, tag=True):
    """There is no evidence, or it is too old: it blocks like a failure."""

    reason: str


Verdict = Passed | Failed | Skipped | Unknown


class Finding(msgspec.Struct, frozen=True):
    """The verdict on one mailbox: an empty *code* means ready. *state* is where it stands, *to* where it belongs."""

    guid: str
    organisation: str
    state: MailboxState
    to: MailboxState
    code: str = ""
    reason: str = ""
    remedy: str = ""
    owner: str = ""

    @property
    def why(self) -> str:
        """The reason as the ledger has it: the code before it."""
        return f"{self.code}: {self.reason}" if self.code else "ready"
