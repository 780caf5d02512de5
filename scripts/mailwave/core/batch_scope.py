"""Whose mailboxes a batch's list may hold: those that were planned for it, or that go back under its name; no others.

Exchange takes every row of a batch's CSV that it can resolve, of whichever organisation, so that nobody but this
program can stop one that is foreign.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from mailwave.core.estate import Record
from mailwave.core.readiness.scope import ForeignMailboxes
from mailwave.core.returns import name_of
from mailwave.core.states import MailboxState


class Scoped(Protocol):
    """What a ledger says of who is in scope."""

    def mailboxes(
        self, state: MailboxState | None = None, wave: str | None = None, batch: str | None = None
    ) -> list[Record]:
        """The mailboxes in *state*, planned for *wave* and for *batch* (None: any)."""
        ...


def refuse_foreign(ledger: Scoped, batch: str, addresses: Collection[str]) -> None:
    """Raise `ForeignMailboxes` unless each of *addresses*, in lower case, may be in the list of *batch*.

    One that is planned takes mailboxes of its plan only. One on the way back is named by the digest of its list. Of any
    other, each mailbox has at least to be in the scope that was imported.
    """
    if planned := ledger.mailboxes(batch=batch):
        _refuse(batch, addresses, planned, "are not planned for it")
        return
    records = ledger.mailboxes()
    _refuse(batch, addresses, records, "are in no organisation that was imported")
    going = [each for each in records if each.mailbox.smtp in addresses]
    if batch.startswith("back-") and batch != name_of(going[0].mailbox.site, going):
        raise ForeignMailboxes(
            batch=batch, addresses=sorted(addresses), why="are not those that its name was made of"
        )


def _refuse(batch: str, addresses: Collection[str], known: Iterable[Record], why: str) -> None:
    foreign = sorted(set(addresses) - {each.mailbox.smtp for each in known})
    if foreign:
        raise ForeignMailboxes(batch=batch, addresses=foreign, why=why)
