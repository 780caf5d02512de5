"""Consent to exactly the lists of the saved waves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.wave.run import NoPlan


class NoSuchWave(Refusal):
    """The plan has no wave called *wave*; *known* are those it has."""

    def __init__(self, *, wave: str, known: Collection[str]) -> None:
        self.wave = wave
        self.known = tuple(known)
        super().__init__(f"the plan has no wave {wave!r}; it has {', '.join(known)}")


def wave_of_plan(ledger: Ledger, wave: str) -> Wave:
    """The wave called *wave*.

    Raises:
        NoPlan: nothing was planned.
        NoSuchWave: the plan has no such wave.
    """
    saved = ledger.plan()
    if saved is None:
        raise NoPlan
    found = {planned.id: planned for planned in saved.waves}
    if wave not in found:
        raise NoSuchWave(wave=wave, known=found)
    return found[wave]


@dataclass(frozen=True)
class ApproveWaves:
    """Record the approval of the person of *reason* for each wave until its window ends."""

    clock: Clock
    ledger: Ledger
    reason: Reason

    def prepare(self, asked: Collection[str]) -> list[Wave]:
        """The waves that are not approved yet, of those *asked* for (none: all).

        Raises:
            NoPlan: nothing was planned.
            NoSuchWave: one that was asked for does not exist.
        """
        saved = self.ledger.plan()
        if saved is None:
            raise NoPlan
        known = [wave.id for wave in saved.waves]
        for wave in asked:
            if wave not in known:
                raise NoSuchWave(wave=wave, known=known)
        now = self.clock.now()
        return [
            wave
            for wave in saved.waves
            if (not asked or wave.id in asked)
            and now < wave.window_end
            and self.ledger.live_approval(wave.digest, now) is None
        ]

    def run(self, waves: list[Wave]) -> None:
        """Record the approvals."""
        for wave in waves:
            self.ledger.record_approval(wave.digest, wave.id, wave.window_end, self.reason)
