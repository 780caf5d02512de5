"""The values of an estate as they are imported: organisations, mailboxes, rights and what clients were seen."""

from __future__ import annotations

from datetime import datetime

import msgspec

from mailwave.core.states import MailboxState


class Organisation(msgspec.Struct, frozen=True):
    """A body with an ODS code. *kind* is trust, prescriber or dispenser; *icb* its integrated care board's code."""

    code: str
    name: str
    kind: str
    region: str = ""
    icb: str = ""
    postcode: str = ""


class Mailbox(msgspec.Struct, frozen=True):
    """One source mailbox, known by its ExchangeGuid in lower case.

    *organisation* is an ODS code, *site* the name of the site whose server holds it, *recipient_type* Exchange's
    RecipientTypeDetails. *size_bytes* and *items* are the statistics' TotalItemSize and ItemCount, None where Exchange
    keeps none, as for a mailbox that nobody ever opened.
    """

    guid: str
    address: str
    alias: str
    display_name: str
    organisation: str
    site: str
    recipient_type: str
    legacy_dn: str
    server: str
    database: str
    size_bytes: int | None
    items: int | None

    @property
    def smtp(self) -> str:
        """The address in lower case, as it is compared: Exchange keeps capitals and does not heed them."""
        return self.address.lower()


RIGHTS = ("FolderAccess", "FullAccess", "SendAs", "SendOnBehalf")
"""The kinds of rights that are planned with, in the order of their names; the first is a role on any folder."""


class Permission(msgspec.Struct, frozen=True, order=True):
    """A right, one of `RIGHTS`, that the mailbox *trustee* holds on the mailbox *guid*."""

    guid: str
    trustee: str
    kind: str


class ClientSeen(msgspec.Struct, frozen=True):
    """What the client logs say of one LegacyExchangeDN: *lowest* and *newest* versions, and when it last came (UTC).

    Versions are tuples of numbers, so that 16.0.4600.1000 is above 16.0.500.1.
    """

    lowest: tuple[int, ...]
    newest: tuple[int, ...]
    last_seen: datetime


class Record(msgspec.Struct, frozen=True):
    """One row of the ledger: the mailbox as imported, where it stands and why, its wave and batch when planned."""

    mailbox: Mailbox
    state: MailboxState
    why: str = ""
    wave: str | None = None
    batch: str | None = None
