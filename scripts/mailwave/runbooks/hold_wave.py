"""Hold a wave where it stands, and let it go on."""

from __future__ import annotations

from dataclasses import dataclass

from mailwave.core.reason import Reason
from mailwave.ports import Ledger
from mailwave.runbooks.acting import acting
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.runbooks.wave.holding import HOLD, RESUME, holds, is_stop


@dataclass(frozen=True)
class HoldWave:
    """Hold a wave, or let it go on: whoever runs it sees that when it looks next, wherever that is."""

    ledger: Ledger
    reason: Reason
    hold: bool

    def prepare(self, wave: str) -> bool:
        """Whether there is anything to do for *wave*, which may be as it is wanted already.

        Raises:
            NoPlan: nothing was planned.
            NoSuchWave: the plan has no such wave.
        """
        return (wave_of_plan(self.ledger, wave).id in holds(self.ledger)) is not self.hold

    def stopped_by(self) -> list[str]:
        """The waves over budget that hold every other."""
        return [wave for wave, hold in holds(self.ledger).items() if is_stop(hold)]

    def run(self, wave: str) -> None:
        """Record it; doing it twice changes nothing."""
        if self.prepare(wave):
            with acting(self.ledger, act=HOLD if self.hold else RESUME, subject=wave, reason=self.reason):
                pass  # the record is the act
