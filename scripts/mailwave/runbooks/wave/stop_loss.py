"""Hold every wave when one has gone over the budget of its ring, and page the operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailwave.core.estate import Record
from mailwave.core.events import Announce, Event, Kind, nowhere
from mailwave.core.progress import Face
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState
from mailwave.core.stop_loss import Counted, Ring, over_budget, ring_among
from mailwave.ports import Ledger
from mailwave.runbooks.acting import acting
from mailwave.runbooks.wave.holding import CONTACTS, FAILURES, HOLD, accepted, holds

CALLED = "support.contacts"
"""The service desk says how many contacts there have been about a wave, in all."""


@dataclass(frozen=True)
class StopLoss:
    """Watches the budgets of the *rings*."""

    ledger: Ledger
    rings: tuple[Ring, ...]
    reason: Reason
    say: Callable[[str], None]
    announce: Announce = nowhere

    def check(self, wave: str, records: Sequence[Record], waiting: int) -> bool:
        """Hold *wave*, and with it every other, when it is over its budget; return whether it was so held now.

        *records* are all its mailboxes, of which so many are *waiting* for a person after a failure.
        """
        counted = Counted(self._failed(records) + waiting, contacts_of(self.ledger, wave))
        if not any(counted) or wave in holds(self.ledger):
            return False
        ring = ring_among(self.rings, self._sizes(), wave)
        why = over_budget(ring, len(records), counted, accepted(self.ledger, wave))
        if not why:
            return False
        detail = {FAILURES: counted.failures, CONTACTS: counted.contacts, "why": why}
        with acting(self.ledger, act=HOLD, subject=wave, reason=self.reason, detail=detail):
            pass  # the record is the act
        text = f"{why}: every wave is held until somebody has looked and run `mailwave wave resume -w {wave}`"
        self.say(f"{wave}: {text}")
        self.announce(Event(Kind.OVER_BUDGET, wave, text))
        return True

    def _sizes(self) -> list[tuple[str, int]]:
        """Every wave and how many mailboxes it has, in the order of their windows, as the summary counts them."""
        tallies = self.ledger.dashboard(Face.WAVE).tallies
        return [
            (night.wave, sum(tally.mailboxes for tally in tallies.get(night.wave, {}).values()))
            for night in self.ledger.nights()
        ]

    def _failed(self, records: Sequence[Record]) -> int:
        return sum(record.state is MailboxState.FAILED for record in records)


def contacts_of(ledger: Ledger, wave: str) -> int:
    """How many contacts about *wave* the service desk has told of last."""
    return next((int(each.detail[CONTACTS]) for each in reversed(ledger.intents_on(CALLED, [wave]))), 0)
