"""What moved mailboxes leave behind: what is removed, what is only named, and what ends by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from mailwave.core.aftercare.kinds import EXCHANGE, SECURITY, Kind

TIDY = "aftercare.tidy"
"""The act that removes one of them, as the journal calls it; its subject is what is removed."""
LEFT = "aftercare.left"
"""The act that keeps what was left and named, of a wave."""

PARTNERSHIP, STALE_ACCESS, STALE_SENDER = "mobile-partnership", "stale-access", "stale-sender"
SECOND, STRANGER = "second-recipient", "right-of-unknown"

REMOVED: Mapping[str, str] = {
    PARTNERSHIP: "mobile partnerships",
    STALE_ACCESS: "entries of deleted accounts on mailboxes",
    STALE_SENDER: "rights to send of deleted accounts",
}
"""What is removed, by its kind, as many of it are called."""
NAMED: Mapping[str, Kind] = {
    SECOND: Kind(
        "a mail user or contact beside the mailbox leads to its address or has its ExchangeGuid", EXCHANGE
    ),
    STRANGER: Kind("a right belongs to an account that neither the tenant nor a site knows", SECURITY),
}
"""What is never removed here, since nobody can tell whether it is surplus: what it is, and who settles it."""


class Away(NamedTuple):
    """A mailbox that has moved away from *site*, where it is called *identity*; *addresses* are all that it has."""

    guid: str
    address: str
    site: str
    identity: str
    addresses: tuple[str, ...] = ()


class Leftover(NamedTuple):
    """Something of the mailbox *guid*, which has moved away from *site*: *what* it is called where it is.

    *rights* are those of an entry, as they were read.
    """

    kind: str
    guid: str
    address: str
    site: str
    what: str
    rights: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What the journal calls its removal."""
        return self.what if self.kind == PARTNERSHIP else f"{self.guid} {self.kind} {self.what}"

    @property
    def in_cloud(self) -> bool:
        """Whether it is in the tenant, and not at the site."""
        return self.kind != PARTNERSHIP

    @property
    def step(self) -> tuple[str, dict[str, object]]:
        """The cmdlet that removes exactly what was read, with its parameters."""
        if self.kind == PARTNERSHIP:
            return "Remove-MobileDevice", {"Identity": self.what, "Confirm": False}
        one = {"Identity": self.guid, "AccessRights": list(self.rights), "Confirm": False}
        if self.kind == STALE_SENDER:
            return "Remove-RecipientPermission", {**one, "Trustee": self.what}
        return "Remove-MailboxPermission", {**one, "User": self.what, "InheritanceType": "All"}


class Named(NamedTuple):
    """Something of a kind of `NAMED` that concerns the mailbox of *address*: *what* it is, and *where*."""

    kind: str
    address: str
    what: str
    where: str

    @property
    def owner(self) -> str:
        """Who settles it."""
        return NAMED[self.kind].owner


class Rests(NamedTuple):
    """What *mailboxes* left soft-deleted in a *database*, *size* bytes, the last of it kept *until* then (fact B50).

    *backup*: the database keeps it beyond that, until it was backed up.
    """

    site: str
    database: str
    mailboxes: int
    size: int
    until: datetime
    backup: bool
