"""Whether a wave is held where it stands: nothing of a held wave is told, started or completed."""

from __future__ import annotations

from mailwave.ports import Ledger

HOLD, RESUME = "wave.hold", "wave.resume"


def is_held(ledger: Ledger, wave: str) -> bool:
    """Whether *wave* was held, and not let go on since, as the journal has it."""
    held, resumed = (
        max((intent.id for intent in ledger.intents(act) if intent.subject == wave), default=0)
        for act in (HOLD, RESUME)
    )
    return held > resumed
