"""What reports read of the ledger: sums counted by the database, and the acts that say how it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mailwave.core.estate import Organisation, Record
from mailwave.core.intents import Intent
from mailwave.core.overview import Night
from mailwave.core.reports.facts import Cluster, Part, Sent, Told
from mailwave.core.states import MailboxState


class Reported(Protocol):
    """The ledger as reports read it; no object a mailbox, but for those of one wave or organisation."""

    def clusters(self, part: Part) -> list[Cluster]:
        """The mailboxes of *part*, by organisation, wave, batch and state."""
        ...

    def reasons_in(self, part: Part) -> list[tuple[MailboxState, str, int]]:
        """How many mailboxes of *part* are kept out or have failed for which reason, most first."""
        ...

    def told(self, part: Part) -> list[Told]:
        """By night, who was told of it two weeks before, and how many of them have moved in it."""
        ...

    def sent(self, part: Part) -> list[Sent]:
        """The notices that concern *part*, by milestone and what became of them."""
        ...

    def scope(self) -> str | None:
        """The digest of the imported estate, or None."""
        ...

    def nights(self) -> list[Night]:
        """The waves without their mailboxes, in the order of their windows."""
        ...

    def organisations(self) -> list[Organisation]:
        """Every organisation."""
        ...

    def records_of(self, organisation: str) -> list[Record]:
        """The mailboxes of *organisation*."""
        ...

    def mailboxes(self, state: MailboxState | None = None, wave: str | None = None) -> Sequence[Record]:
        """The mailboxes in *state* and *wave* (None: any)."""
        ...

    def intents(self, act: str | None = None) -> list[Intent]:
        """Every intent of *act* (None: any), in order."""
        ...
