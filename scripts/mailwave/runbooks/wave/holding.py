"""Whether a wave is held where it stands: nothing of a held wave is told, started or completed.

A wave is held by a person, or by any wave that has gone over its budget: that one is held with the figures it had, and
until somebody lets it go on, and so accepts them, every other is held with it.
"""

from __future__ import annotations

from mailwave.core.intents import Intent
from mailwave.core.stop_loss import Counted
from mailwave.ports import Ledger

HOLD, RESUME = "wave.hold", "wave.resume"
FAILURES, CONTACTS = "failures", "contacts"
"""What is recorded of a wave that is over its budget."""


def is_held(ledger: Ledger, wave: str) -> bool:
    """Whether *wave* is held, as the journal has it."""
    held = holds(ledger)
    return wave in held or any(map(is_stop, held.values()))


def holds(ledger: Ledger) -> dict[str, Intent]:
    """The waves that were held, by a person or for their budget, and not let go on since, with what says so."""
    resumed = {intent.subject: intent.id for intent in ledger.intents(RESUME)}
    return {
        intent.subject: intent
        for intent in ledger.intents(HOLD)
        if intent.id > resumed.get(intent.subject, 0)
    }


def is_stop(hold: Intent) -> bool:
    """Whether *hold* was for a budget, and so holds every wave."""
    return FAILURES in hold.detail


def accepted(ledger: Ledger, wave: str) -> Counted:
    """The figures of *wave* that somebody accepted last, in letting it go on."""
    resumed = max((each.id for each in ledger.intents_on(RESUME, [wave])), default=0)
    stops = [each for each in ledger.intents_on(HOLD, [wave]) if is_stop(each) and each.id < resumed]
    return Counted(int(stops[-1].detail[FAILURES]), int(stops[-1].detail[CONTACTS])) if stops else Counted()
