"""Declare that a difference stays for a while: who answers for it, until which day, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from mailwave.core.aftercare.exceptions import ACCEPT, Accepted
from mailwave.core.aftercare.kinds import KINDS
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.acting import acting

LONGEST = timedelta(days=366)
"""An exception is looked at again within a year."""


class NoSuchKind(Refusal):
    """No damage is called *kind*."""

    def __init__(self, *, kind: str) -> None:
        self.kind = kind
        super().__init__(f"no damage is called {kind!r}; there are {', '.join(KINDS)}")


class BadExpiry(Refusal):
    """An exception cannot last until *until*."""

    def __init__(self, *, until: date) -> None:
        self.until = until
        super().__init__(f"an exception cannot last until {until}: name a day from today on, within a year")


@dataclass(frozen=True)
class Accept:
    """Records exceptions."""

    clock: Clock
    ledger: Ledger
    reason: Reason

    def prepare(self, wanted: Accepted) -> None:
        """See that *wanted* can be declared.

        Raises:
            NoSuchKind: no damage is called so.
            BadExpiry: it would be over, or would last too long.
        """
        today = self.clock.now().date()
        if wanted.kind not in KINDS:
            raise NoSuchKind(kind=wanted.kind)
        if not today <= wanted.until <= today + LONGEST:
            raise BadExpiry(until=wanted.until)

    def run(self, wanted: Accepted) -> None:
        """Declare *wanted*; from now on it counts."""
        self.prepare(wanted)
        detail = {"exception": msgspec.to_builtins(wanted)}
        with acting(self.ledger, act=ACCEPT, subject=wanted.kind, reason=self.reason, detail=detail):
            pass
