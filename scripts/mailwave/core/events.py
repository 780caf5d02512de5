"""What happens in a run that somebody may have to be woken for, in words that a machine can count.

The names are those that the alert rules of the platform look for in the runners' log
(`infra/foundation/alert_table.py`): once given, one stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec

from mailwave.core.causes import Causes
from mailwave.core.moves import FAILURES, Move


class Kind(StrEnum):
    """What has happened."""

    BATCH_FAILED = "batch.failed"
    """A batch could not be started, holds strangers, or every move of it has failed."""
    MOVE_STALLED = "move.stalled"
    """Moves have not got where they should be when their window opened or ended."""
    NEEDS_PERSON = "move.needs-person"
    """Moves wait until somebody has mended the cause of their failure, or approved that listed items are lost."""
    OVER_BUDGET = "wave.over-budget"
    """A wave has failed, or kept the service desk busy, more than its ring allows: every wave is held."""
    LICENCE_MISSING = "licence.missing"
    """Moved mailboxes come to the end of the days that they live without a licence."""
    THROTTLED = "exchange.throttled"
    """Exchange Online answered 429, and the request waits."""
    ENDPOINT_UNREACHABLE = "endpoint.unreachable"
    """Exchange Online did not reach, or was not let in by, a site's mrsproxy.svc."""


class Event(msgspec.Struct, frozen=True):
    """*subject*: the batch, wave or cmdlet that it is about; *text*: what happened, for whoever is woken."""

    kind: Kind
    subject: str
    text: str


_ADDRESS = re.compile(r"[^\s@'\"<>(),;:]+@[^\s@'\"<>(),;:]+")


def unnamed(text: str) -> str:
    """*text* without the addresses of people, whom no log is to name."""
    return _ADDRESS.sub("(address)", text)


Announce = Callable[[Event], None]
"""Where events go."""


def nowhere(event: Event) -> None:
    """Announce to nobody."""
    del event


def of_moves(batch: str, moves: Sequence[Move], causes: Causes) -> list[Event]:
    """What the *moves* of *batch*, all of them, tell together, by the *causes* of their failures."""
    found = []
    if moves and all(move.status in FAILURES for move in moves):
        text = f"all {len(moves)} moves have failed: {causes.of(moves[0].error).name}"
        found.append(Event(Kind.BATCH_FAILED, batch, text))
    cut_off = [move for move in moves if move.error and causes.of(move.error).way_shut]
    if cut_off:
        text = f"{len(cut_off)} moves could not reach their site: {causes.of(cut_off[0].error).name}"
        found.append(Event(Kind.ENDPOINT_UNREACHABLE, batch, text))
    return found
