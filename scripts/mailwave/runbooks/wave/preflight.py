"""Before a wave begins: that the two halves are joined, and that its people are still ready.

Both rest on evidence that ages. What joins the halves is read once for a wave and kept in the journal; who is ready is
judged again on what was collected and on the clients that the last check saw, as of today.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import msgspec

from mailwave.core.coexistence import Coexistence
from mailwave.core.estate import Record
from mailwave.core.planner import Wave
from mailwave.core.readiness.verdicts import Finding
from mailwave.core.reason import Reason
from mailwave.core.states import Transition
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.acting import acting
from mailwave.runbooks.wave.gate import GateShut, NotReady

ACT = "wave.coexistence"
"""The record of what a reading of both halves found."""


class ReadsHalves(Protocol):
    """Both halves of the organisation, read only."""

    def read(self) -> Coexistence:
        """What is found now; what cannot be read is a fault, and raises nothing."""
        ...


Judges = Callable[[], Mapping[str, Finding]]
"""Judges everybody's readiness as of today, by ExchangeGuid; raises `NeverChecked` where no check was kept."""


@dataclass(frozen=True)
class Preflight:
    """Looks before a wave begins; *judges* is asked once a day, and *halves* where no reading that counts is kept."""

    clock: Clock
    ledger: Ledger
    halves: ReadsHalves
    judges: Judges
    reason: Reason
    say: Callable[[str], None]
    judged: dict[date, Mapping[str, Finding]] = field(default_factory=dict)

    def open(self, wave: Wave, waiting: Sequence[Record]) -> None:
        """Let *wave* begin with those of *waiting* who are still ready; the others are deferred, each with its reason.

        Raises:
            GateShut: the two halves are not joined as people need it.
            NotReady: nobody of them is ready any more, so that it is the wave that waits, and not its people.
            NeverChecked: nobody's readiness was ever judged.
        """
        evidence = self._evidence(wave)
        if evidence.faults:
            raise GateShut(wave=wave.id, faults=evidence.faults)
        findings = self._today()
        late = [
            found
            for record in waiting
            if (found := findings.get(record.mailbox.guid)) is not None and found.code
        ]
        if not late:
            return
        if len(late) == len(waiting):
            raise NotReady(wave=wave.id, first=late[0], people=len(late))
        self.ledger.move_state([_kept_out(found) for found in late], self.reason)
        self.say(f"{wave.id}: {len(late)} are not ready any more, the first because {late[0].reason}")

    def _evidence(self, wave: Wave) -> Coexistence:
        """What the journal has, if it still counts and the gate was open; else what is read now, and kept there."""
        kept = [msgspec.convert(intent.detail, Coexistence) for intent in self.ledger.intents(ACT)]
        if kept and not kept[-1].faults and kept[-1].counts(self.clock.now()):
            return kept[-1]
        found = self.halves.read()
        with acting(
            self.ledger, act=ACT, subject=wave.id, reason=self.reason, detail=msgspec.to_builtins(found)
        ):
            pass  # the record is the act
        return found

    def _today(self) -> Mapping[str, Finding]:
        today = self.clock.now().date()
        if today not in self.judged:
            self.judged.clear()
            self.judged[today] = self.judges()
        return self.judged[today]


def _kept_out(found: Finding) -> Transition:
    return Transition(found.guid, found.to, found.why)
