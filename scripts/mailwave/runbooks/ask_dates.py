"""Record the dates that an organisation asks for itself; the next plan keeps to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec

from mailwave.core.placement.asked_dates import Asked, check_asked
from mailwave.core.reason import Reason
from mailwave.core.states import IN_FLIGHT
from mailwave.ports import Clock, Ledger
from mailwave.ports.shown import Shown
from mailwave.runbooks.acting import acting

ASKED = "organisation.dates"
"""An organisation asked for dates; what it asked last counts."""


@dataclass(frozen=True)
class AskDates:
    """Takes what somebody asks for their organisation, up to the season's *deadline*."""

    clock: Clock
    ledger: Ledger
    shown: Shown
    deadline: date | None

    def run(self, asked: Asked, reason: Reason) -> None:
        """Record it.

        Raises:
            DatesRefused: it is not within the rules.
        """
        records = self.shown.records_of(asked.organisation)
        waves = {record.wave for record in records if record.state in IN_FLIGHT}
        begun = [night.night for night in self.shown.nights() if night.wave in waves]
        check_asked(asked, self.clock.now().date(), self.deadline, begun)
        detail = msgspec.to_builtins(asked)
        with acting(self.ledger, act=ASKED, subject=asked.organisation, reason=reason, detail=detail):
            pass  # the record is the act
