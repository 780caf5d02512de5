"""What pages read of the ledger: sums, and the rows of one organisation or one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from mailwave.core.estate import Mailbox, Organisation, Permission, Record
from mailwave.core.intents import Intent
from mailwave.core.notices import Undelivered
from mailwave.core.organisation_view import Around
from mailwave.core.overview import Night
from mailwave.core.progress import Dashboard, Face
from mailwave.core.states import MailboxState


class Shown(Protocol):
    """The ledger as pages read it. Nothing here costs more where the estate is larger, but for `organisations`."""

    def dashboard(self, face: Face) -> Dashboard:
        """Where the whole estate stands at one moment, counted by *face*."""
        ...

    def nights(self) -> list[Night]:
        """The waves without their mailboxes, in the order of their windows."""
        ...

    def sites_of_batches(self, wave: str) -> list[tuple[str, str]]:
        """The batches of *wave*, each with its site."""
        ...

    def reasons(self) -> list[tuple[MailboxState, str, int]]:
        """How many mailboxes are kept out or have failed for which reason, in words, most first."""
        ...

    def put_off(self, reasons: Sequence[str]) -> dict[str, int]:
        """How many mailboxes of each organisation are deferred for one of *reasons*, by their codes."""
        ...

    def organisations(self) -> list[Organisation]:
        """Every organisation."""
        ...

    def intents(self, act: str | None = None) -> list[Intent]:
        """Every intent of *act*, in order."""
        ...

    def intents_on(self, act: str, subjects: Iterable[str]) -> list[Intent]:
        """Every intent of *act* on one of *subjects*, in order."""
        ...

    def organisation(self, code: str) -> Organisation | None:
        """The organisation with exactly that *code*."""
        ...

    def records_of(self, organisation: str) -> list[Record]:
        """The mailboxes of *organisation*."""
        ...

    def around(self, address: str) -> Around | None:
        """The mailbox with exactly that *address*, and what it shares."""
        ...

    def rights_of(self, guids: Sequence[str]) -> list[Permission]:
        """The rights that are held on or by *guids*."""
        ...

    def named(self, guids: Sequence[str]) -> dict[str, tuple[Mailbox, str | None]]:
        """The mailboxes *guids*, each with its wave, by ExchangeGuid."""
        ...

    def undelivered(self, organisation: str | None = None) -> list[Undelivered]:
        """The notices to people of *organisation* (None: of all) that did not arrive."""
        ...
