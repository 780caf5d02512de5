"""Take people out of their waves, as late as they like: until the service is completing their moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailwave.core.estate import Record
from mailwave.core.readiness.scope import NoSuchOrganisation
from mailwave.core.reason import Reason
from mailwave.core.refusals import UnknownMailboxes
from mailwave.core.states import IN_FLIGHT, MailboxState, Transition
from mailwave.ports import Ledger
from mailwave.runbooks.acting import acting
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.runbooks.wave.moves import ASKED_OUT, WITHDRAW

_CAN_STILL = {*IN_FLIGHT, MailboxState.UNKNOWN} - {MailboxState.COMPLETING}


@dataclass(frozen=True)
class Withdrawn:
    """Those who are asked for: they wait *still*, are *under way*, or complete already, which is *too late*."""

    still: Sequence[Record]
    under_way: Sequence[Record]
    too_late: Sequence[Record]


@dataclass(frozen=True)
class WithdrawWave:
    """Defer those whom no batch holds yet, and have `RunWaves` take the others out of the service."""

    ledger: Ledger
    reason: Reason

    def prepare(
        self, wave: str | None = None, organisation: str | None = None, people: Sequence[str] = ()
    ) -> Withdrawn:
        """Those of *wave*, of *organisation* and of *people*, by their addresses, whichever are given.

        Of a whole wave it is only those who wait: its batches are rolled back as such.

        Raises:
            NoPlan: nothing was planned.
            NoSuchWave: the plan has no such wave.
            NoSuchOrganisation: no mailbox is of it.
            UnknownMailboxes: nobody has such an address.
        """
        if wave is not None:
            wave_of_plan(self.ledger, wave)
        records = [
            record
            for record in self._records(wave, organisation, people)
            if wave in (None, record.wave) and organisation in (None, record.mailbox.organisation)
        ]
        named = organisation is not None or bool(people)
        return Withdrawn(
            [record for record in records if record.state is MailboxState.WAITING and record.wave],
            [record for record in records if record.state in _CAN_STILL] if named else [],
            [record for record in records if record.state is MailboxState.COMPLETING] if named else [],
        )

    def run(self, found: Withdrawn) -> None:
        """Defer who waits, and ask for whoever is under way; each is in the journal, so that no check lets them in."""
        why = f"withdrawn: {self.reason.text}"
        for record in found.still:
            guid = record.mailbox.guid
            with acting(self.ledger, act=WITHDRAW, subject=guid, reason=self.reason, detail={"why": why}):
                self.ledger.move_state([Transition(guid, MailboxState.DEFERRED, why)], self.reason)
        for record in found.under_way:
            detail = {"why": why, "wave": record.wave}
            with acting(
                self.ledger, act=ASKED_OUT, subject=record.mailbox.guid, reason=self.reason, detail=detail
            ):
                pass  # the record is the act: whoever runs the wave sees it at the next poll

    def _records(self, wave: str | None, organisation: str | None, people: Sequence[str]) -> Sequence[Record]:
        if people:
            found = {each: self.ledger.record_of_address(each) for each in people}
            if missing := [each for each, record in found.items() if record is None]:
                raise UnknownMailboxes(missing)
            return [record for record in found.values() if record is not None]
        if organisation is not None:
            records = self.ledger.records_of(organisation)
            if not records:
                raise NoSuchOrganisation(code=organisation)
            return records
        return self.ledger.mailboxes(wave=wave)
