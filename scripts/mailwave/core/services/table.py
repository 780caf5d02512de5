"""Services as data: for whom each is, and what makes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from mailwave.core.estate import Mailbox
from mailwave.core.states import MailboxState

STEP, LOOK, ATTEST = "service.step", "service.look", "service.attest"
"""The acts, as the journal calls them."""

SERVICE, PEOPLE = "service", "people"
"""Keys of an act's detail: the service, and the ExchangeGuids of those whom it is for."""


@dataclass(frozen=True)
class Joins:
    """Its people join one of the licence *groups*; *plan* is the service plan by which it is read back."""

    groups: tuple[str, ...]
    plan: str


@dataclass(frozen=True)
class Change:
    """A *cmdlet* with its *parameters* beside Identity, at the mailbox's site or in the cloud, as *side* says."""

    side: str
    cmdlet: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Sets:
    """*changes* make *name*, as `Get-`*noun* shows it in the cloud, *value*; with *or_any* whatever is set will do."""

    noun: str
    name: str
    value: Any
    or_any: bool
    changes: tuple[Change, ...]

    def is_met(self, found: Any) -> bool:
        """Whether *found* is as wanted."""
        return found == self.value or (self.or_any and bool(found))


@dataclass(frozen=True)
class Attests:
    """Its owner says for an organisation that *question* is so, which counts for so many *days*."""

    question: str
    days: int


@dataclass(frozen=True)
class Service:
    """One service, for mailboxes of *types* of *organisations* (none: of all); see `estate_schema.services`."""

    name: str
    title: str
    owner: str
    types: frozenset[str]
    organisations: frozenset[str]
    needs: tuple[str, ...]
    before_move: bool
    how: Joins | Sets | Attests

    def is_for(self, mailbox: Mailbox) -> bool:
        """Whether *mailbox* is of its profiles and organisations."""
        mine = not self.organisations or mailbox.organisation in self.organisations
        return mine and mailbox.recipient_type in self.types

    def is_open_to(self, state: MailboxState) -> bool:
        """Whether a mailbox in *state* may be given it yet: a licence before the move keeps its owner from moving."""
        return self.before_move or state is MailboxState.MOVED


def is_for_any(services: Iterable[Service], mailbox: Mailbox) -> bool:
    """Whether one of *services* is for *mailbox*."""
    return any(each.is_for(mailbox) for each in services)


class Attested(msgspec.Struct, frozen=True):
    """*who* said of *organisation* that *service* is there, which counts until the end of *until*."""

    service: str
    organisation: str
    who: str
    until: date
