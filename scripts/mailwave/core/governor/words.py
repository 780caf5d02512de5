"""What the governor does, in words and as the journal has it."""

from __future__ import annotations

from mailwave.core.governor.capacity import TOLERATED
from mailwave.core.governor.readings import Limits, Reading
from mailwave.core.governor.stalls import Blame


def shown(limits: Limits) -> dict[str, int]:
    """*limits* as a journal's detail."""
    return {"migrations": limits.migrations, "increments": limits.increments}


def in_words(limits: Limits) -> str:
    """*limits* in a sentence."""
    return f"{limits.migrations} and {limits.increments}"


def why(seen: Reading) -> str:
    """What of a reading the change of limits follows from, in the order in which the readings are judged."""
    for whose in (Blame.SOURCE, Blame.TARGET):
        share = seen.sample.share(whose)
        if share > TOLERATED:
            return f"the {whose.value} stalls {share:.0%} of the moves that were looked at"
    return f"{seen.to_copy} first copies and {seen.to_sync} completions wait for a slot"
