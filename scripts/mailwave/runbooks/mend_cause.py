"""Say that the cause of failures is gone: whoever it has held up in a wave is tried again."""

from __future__ import annotations

from dataclasses import dataclass

from mailwave.core.causes import Cause, Causes
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.ports import Ledger
from mailwave.runbooks.acting import acting
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.runbooks.wave.moves import MENDED


class NoSuchCause(Refusal):
    """There is no cause called *cause*; *known* are those that there are."""

    def __init__(self, *, cause: str, known: tuple[str, ...]) -> None:
        self.cause = cause
        self.known = known
        super().__init__(f"there is no cause {cause!r}; there are {', '.join(known)}")


@dataclass(frozen=True)
class MendCause:
    """Record that a cause is mended for a wave: its mailboxes have their budget of retries again."""

    ledger: Ledger
    causes: Causes
    reason: Reason

    def prepare(self, wave: str, cause: str) -> Cause:
        """The cause that is meant.

        Raises:
            NoPlan: nothing was planned.
            NoSuchWave: the plan has no such wave.
            NoSuchCause: there is no such cause.
        """
        wave_of_plan(self.ledger, wave)
        found = self.causes.named(cause)
        if found is None:
            raise NoSuchCause(cause=cause, known=tuple(row.name for row in self.causes.rows))
        return found

    def run(self, wave: str, cause: Cause) -> None:
        """Record it."""
        with acting(self.ledger, act=MENDED, subject=wave, reason=self.reason, detail={"cause": cause.name}):
            pass  # the record is the act
