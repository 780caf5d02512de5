"""One change of an environment at a time: whoever makes one holds a name that everybody sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from change_control.contents import canonical
from mailwave.core.reason import Reason
from mailwave.core.refusals import Refusal
from mailwave.ports import Ledger
from mailwave.ports.changes import Claims
from mailwave.runbooks.acting import acting

LOCK = "lock"
UNLOCK = "change.unlock"


class Holder(msgspec.Struct, frozen=True):
    """Who makes a change: *place* is the folder of their runs, by an id that nobody else has; *since* is ISO 8601."""

    who: str
    place: str
    since: str


class ChangeHeld(Refusal):
    """*who* has been making a change since *since*, from another place; *where* it is told."""

    def __init__(self, *, who: str, since: str, where: str) -> None:
        self.who = who
        self.since = since
        self.where = where
        super().__init__(f"{who} has been making a change since {since}, as {where}/{LOCK} says")


class NobodyHolds(Refusal):
    """Nobody makes a change, as *where* says."""

    def __init__(self, *, where: str) -> None:
        self.where = where
        super().__init__(f"nobody makes a change: there is no {where}/{LOCK}")


@contextmanager
def holding(claims: Claims, holder: Holder) -> Iterator[None]:
    """Be the only one who makes a change for the time of the block; the caller sees to it that a place runs once.

    What an earlier run of the same place has left is taken over: it was killed.

    Raises:
        ChangeHeld: somebody makes one from another place.
    """
    mine = canonical(holder)
    while (there := claims.take(LOCK, mine)) != mine:
        other = msgspec.json.decode(there, type=Holder)
        if other.place != holder.place:
            raise ChangeHeld(who=other.who, since=other.since, where=claims.where)
        claims.give_back(LOCK)
    try:
        yield
    finally:
        if claims.held(LOCK) == mine:  # a person may have taken it away, and somebody else have it now
            claims.give_back(LOCK)


@dataclass(frozen=True)
class UnlockChanges:
    """Takes the name away from somebody who is gone for good, with their machine."""

    claims: Claims
    ledger: Ledger
    reason: Reason

    def prepare(self) -> Holder:
        """Who holds it; raise `NobodyHolds`."""
        held = self.claims.held(LOCK)
        if not held:
            raise NobodyHolds(where=self.claims.where)
        return msgspec.json.decode(held, type=Holder)

    def run(self, holder: Holder) -> None:
        """Take it from *holder*, for whoever comes next.

        Raises:
            ChangeHeld: somebody else has it meanwhile.
            NobodyHolds: it was given back meanwhile.
        """
        if (now := self.prepare()) != holder:
            raise ChangeHeld(who=now.who, since=now.since, where=self.claims.where)
        detail = {"who": holder.who, "since": holder.since}
        with acting(self.ledger, act=UNLOCK, subject=self.claims.where, reason=self.reason, detail=detail):
            self.claims.give_back(LOCK)
