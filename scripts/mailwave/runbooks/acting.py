"""An act with a durable intent before it and an outcome after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field

from mailwave.core.intents import Intent
from mailwave.core.outcomes import ActError, ActUnknown
from mailwave.core.reason import Reason
from mailwave.ports import Ledger

CUT_OFF = (
    "the process ended before it could record the outcome; the act is repeated, which changes nothing twice"
)


@dataclass(frozen=True)
class Act:
    """An act under way: the journal's number of its *intent*, and what will be recorded with its end."""

    intent: int
    ended: dict[str, object] = field(default_factory=dict)


@contextmanager
def acting(
    ledger: Ledger, *, act: str, subject: str, reason: Reason, detail: Mapping[str, object] | None = None
) -> Iterator[Act]:
    """Journal that *act* on *subject* begins, and how the block ends: ok, failed or unknown.

    What the block puts into the act's `ended` is recorded with its end. Anything but an `ActError` leaves the intent
    open, as a kill does: `close_cut_off` finds it on the next run.
    """
    begun = Act(ledger.intent(act, subject, dict(detail or {}), reason))
    try:
        yield begun
    except ActUnknown as error:
        ledger.outcome(begun.intent, "unknown", {"why": error.why} | begun.ended)
        raise
    except ActError as error:
        ledger.outcome(begun.intent, "failed", {"why": error.why} | begun.ended)
        raise
    ledger.outcome(begun.intent, "ok", begun.ended)


def close_cut_off(ledger: Ledger, *acts: str, of: AbstractSet[str] | None = None) -> int:
    """Record as unknown every intent of *acts* that an earlier process left open, and return how many there were.

    *of*: only those on these subjects, or ``for`` one of them, where other processes may be at work on others.

    Call it only where each of *acts* reads back or repeats without a second effect.
    """
    cut_off = [
        intent
        for intent in ledger.open_intents()
        if intent.act in acts and (of is None or not of.isdisjoint(_about(intent)))
    ]
    for intent in cut_off:
        ledger.outcome(intent.id, "unknown", {"why": CUT_OFF})
    return len(cut_off)


def _about(intent: Intent) -> set[str]:
    """On what *intent* acts, and what it makes room for."""
    return {intent.subject, *intent.detail.get("for", ())}
