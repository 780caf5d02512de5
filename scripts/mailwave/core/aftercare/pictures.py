"""A mailbox before its move, as its site showed it, and after it, as both sides show it.

Settings keep Exchange's own names and plain values; addresses and names are in lower case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from mailwave.core.licences import Held

FULL_ACCESS, SEND_AS, ON_BEHALF = "FullAccess", "SendAs", "SendOnBehalf"


class Right(msgspec.Struct, frozen=True, order=True):
    """*trustee*, by primary address, holds the right *kind*: one of the three above, or a role in a *folder*.

    *names* are what else the trustee is called. *person*: it is a mailbox, and no group. *known*: it receives mail, so
    that the cloud knows it; where not, *trustee* is the name by which the site shows it.
    """

    kind: str
    trustee: str
    folder: str = ""
    names: tuple[str, ...] = ()
    person: bool = True
    known: bool = True

    @property
    def shown(self) -> str:
        """The right in a few words."""
        return f"{self.kind} of {self.trustee}" + (f" in {self.folder}" if self.folder else "")


class Rule(msgspec.Struct, frozen=True, order=True):
    """A rule of an inbox: its *name*, whether it is *enabled*, and what it *does*, the names of its actions."""

    name: str
    enabled: bool
    does: tuple[str, ...]


class Picture(msgspec.Struct, frozen=True):
    """The mailbox *guid* of *site* as it was: *addresses* with their kind before them, *items* as the site counted.

    *rules* are those of its inbox, None where nobody read them.
    """

    guid: str
    address: str
    site: str
    addresses: tuple[str, ...]
    legacy_dn: str
    has_archive: bool
    items: int | None
    settings: Mapping[str, Any]
    rights: tuple[Right, ...] = ()
    rules: tuple[Rule, ...] | None = None


class Snapshot(msgspec.Struct, frozen=True):
    """The *pictures* of a wave, and of mailboxes *beside* it on which its people hold rights."""

    wave: str
    pictures: tuple[Picture, ...]
    beside: tuple[Picture, ...] = ()


class Arrival(msgspec.Struct, frozen=True):
    """What the move's own report says: items copied, items left out, and the consistency score."""

    synced: int | None
    skipped: int
    score: str


class Home(msgspec.Struct, frozen=True):
    """What a site shows of a mailbox now.

    *live*: it is a mailbox there; *routing* is the address of its remote mailbox, empty without one; *send_as* who may
    send as it there, as the site shows them.
    """

    live: bool
    routing: str = ""
    send_as: frozenset[str] = frozenset()


class Found(msgspec.Struct, frozen=True):
    """The mailbox *guid* after its move.

    *there*: a mailbox in the cloud has this ExchangeGuid; *at_site*: one at its site has it still; *routing* is the
    address of its remote mailbox there, empty without one; *twin* the ExchangeGuid of another mailbox in the cloud that
    has its address, empty without one. *settings* are as in `Picture`, from all reads together; *rights* what is given
    in the cloud, and *send_as_at_site* by whom Send-As is held at the site, as it shows them; *rules* those of its
    inbox, None where nobody read them. *licence* is None where none is needed; *arrival* where the report is gone.
    """

    guid: str
    there: bool
    at_site: bool
    routing: str = ""
    twin: str = ""
    address: str = ""
    addresses: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = {}
    rights: frozenset[Right] = frozenset()
    send_as_at_site: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] | None = None
    licence: Held | None = None
    arrival: Arrival | None = None
