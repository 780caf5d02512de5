"""Put every mailbox that is ready into a night."""

from __future__ import annotations

from dataclasses import dataclass

from mailwave.core.calendar import Calendar, windows
from mailwave.core.notices import NoticeRules
from mailwave.core.planner import Capacity, Plan, plan
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger

HORIZON_DAYS = 365
"""How far ahead nights are looked for."""


@dataclass(frozen=True)
class PlanWaves:
    """Plan the waiting mailboxes of *environment* into *calendar*, within *capacity*."""

    environment: str
    clock: Clock
    ledger: Ledger
    calendar: Calendar
    capacity: Capacity
    rules: NoticeRules
    reason: Reason

    def prepare(self) -> Plan:
        """The saved plan when there is one that people rely on, else a new one from what is waiting now."""
        saved = self.ledger.plan()
        if saved is not None and self._is_relied_on(saved):
            return saved
        ready = [record.mailbox for record in self.ledger.mailboxes(MailboxState.WAITING)]
        first = self.rules.earliest_window(self.clock.now())
        nights = list(windows(self.calendar, not_before=first, days=HORIZON_DAYS))
        return plan(self.environment, ready, self.ledger.permissions(), nights, self.capacity)

    def run(self, planned: Plan) -> None:
        """Save *planned*; the same again changes nothing."""
        self.ledger.save_plan(planned, self.reason)

    def _is_relied_on(self, saved: Plan) -> bool:
        approved = any(self.ledger.live_approval(wave.digest, self.clock.now()) for wave in saved.waves)
        return approved or bool(self.ledger.notices())
