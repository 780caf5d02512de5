"""Take what is not started of a wave out of the plan."""

from __future__ import annotations

from dataclasses import dataclass

from mailwave.core.estate import Record
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState, Transition
from mailwave.ports import Ledger
from mailwave.runbooks.acting import acting
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.runbooks.wave.moves import WITHDRAW


@dataclass(frozen=True)
class WithdrawWave:
    """Defer the mailboxes of a wave that no batch holds yet; what has begun is left to `RunWaves`."""

    ledger: Ledger
    reason: Reason

    def prepare(self, wave: str) -> list[Record]:
        """The mailboxes of *wave* that would be deferred.

        Raises:
            NoPlan: nothing was planned.
            NoSuchWave: the plan has no such wave.
        """
        records = self.ledger.mailboxes(wave=wave_of_plan(self.ledger, wave).id)
        return [record for record in records if record.state is MailboxState.WAITING]

    def run(self, records: list[Record]) -> None:
        """Defer *records*; each is in the journal as withdrawn, so that no later check makes it ready again."""
        why = f"withdrawn: {self.reason.text}"
        for record in records:
            guid = record.mailbox.guid
            with acting(self.ledger, act=WITHDRAW, subject=guid, reason=self.reason, detail={"why": why}):
                self.ledger.move_state([Transition(guid, MailboxState.DEFERRED, why)], self.reason)
