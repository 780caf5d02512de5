"""What the service desk tells of a wave, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from mailwave.runbooks.acting import acting
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.runbooks.wave.holding import CONTACTS
from mailwave.runbooks.wave.stop_loss import CALLED, StopLoss


@dataclass(frozen=True)
class RecordContacts:
    """Record how many contacts there have been about a wave in all; over its budget, every wave is held."""

    stop_loss: StopLoss

    def prepare(self, wave: str) -> None:
        """Raise `NoPlan` or `NoSuchWave` unless the plan has *wave*."""
        wave_of_plan(self.stop_loss.ledger, wave)

    def run(self, wave: str, contacts: int) -> bool:
        """Record it, and return whether that has held the waves."""
        ledger, reason = self.stop_loss.ledger, self.stop_loss.reason
        with acting(ledger, act=CALLED, subject=wave, reason=reason, detail={CONTACTS: contacts}):
            pass  # the record is the act
        return self.stop_loss.check(wave, ledger.mailboxes(wave=wave), 0)
