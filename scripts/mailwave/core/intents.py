"""What was about to be done: recorded before every side effect, and closed by what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec


class Outcome(StrEnum):
    """How an act ended. After *unknown* it is read back or, where that changes nothing twice, done again."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Intent(msgspec.Struct, frozen=True):
    """An act that was begun.

    *id* is its journal entry. *outcome* is None while nothing was recorded. *settled_by* is, for an unknown outcome,
    the later intent of the same act on the same subject that ended ok or failed.
    """

    id: int
    act: str
    subject: str
    detail: Mapping[str, Any]
    outcome: Outcome | None = None
    settled_by: int | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether nobody knows yet what became of it."""
        return self.outcome is None or (self.outcome is Outcome.UNKNOWN and self.settled_by is None)

    def is_settled_by(self, later: Intent) -> bool:
        """Whether the known end of *later* says what became of this one, which ended unknown."""
        return (
            self.id < later.id
            and (self.act, self.subject) == (later.act, later.subject)
            and (self.outcome, self.settled_by) == (Outcome.UNKNOWN, None)
            and later.outcome in {Outcome.OK, Outcome.FAILED}
        )
