# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""Who is in the databases of servers: mailboxes and archives, of whichever domain of the forest their accounts are.

A session sees the recipients of the domain that hosts its servers alone, whichever database it asks about, and those of
arbitration are in the root domain (Microsoft's pages "Get-Mailbox" and "Error when you try to remove a mailbox
database"): so the whole forest is asked. Where an archive is says ArchiveDatabase alone; -Archive with -Database shows
mailboxes of the database that have an archive somewhere. Both properties are compared with distinguished names
(Microsoft's page "Filterable properties for the Filter parameter").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import batched

from exchange_admin.port import ExchangeAdmin, Row
from exchange_admin.values import plain

FOREST = {"ResultSize": "Unlimited", "IgnoreDefaultScope": True}
"""Asks for everybody of every domain, of a global catalog."""
OWN_KINDS = ("Arbitration", "AuditLog", "PublicFolder")
"""The switches of Get-Mailbox that alone show the organisation's own mailboxes."""
DATABASES_A_FILTER = 12
"""A filter of so many distinguished names is some 3,000 characters long, as one of ExchangeGuids."""


def mailboxes(admin: ExchangeAdmin, databases: Iterable[Row]) -> list[Row]:
    """The mailboxes of people in *databases*, rows of Get-MailboxDatabase."""
    return _in(admin, "Get-Mailbox", "Database", databases)


def archives(admin: ExchangeAdmin, databases: Iterable[Row]) -> list[Row]:
    """The recipients whose archive is in one of *databases*: people with a mailbox, in the tenant or nowhere else."""
    return _in(admin, "Get-Recipient", "ArchiveDatabase", databases)


def own_mailboxes(admin: ExchangeAdmin, kind: str, database: str | None = None) -> list[Row]:
    """The organisation's own mailboxes of one of `OWN_KINDS`, in *database* or wherever they are."""
    where = {} if database is None else {"Database": database}
    return admin.invoke("Get-Mailbox", {kind: True, **where, **FOREST}).rows


def _in(admin: ExchangeAdmin, cmdlet: str, name: str, databases: Iterable[Row]) -> list[Row]:
    """Who *cmdlet* shows whose property *name* is one of *databases*."""
    rows: list[Row] = []
    for some in batched(databases, DATABASES_A_FILTER):
        wanted = (str(plain(each["DistinguishedName"])).replace("'", "''") for each in some)
        text = " -or ".join(f"{name} -eq '{each}'" for each in wanted)
        rows += admin.invoke(cmdlet, {"Filter": text, **FOREST}).rows
    return rows


@dataclass(frozen=True)
class Held:
    """What the databases of *servers*, by their short names, hold; each is read once."""

    admin: ExchangeAdmin
    servers: tuple[str, ...]

    @cached_property
    def databases(self) -> list[Row]:
        """Those of which one of the servers has a copy."""
        own = {each.casefold() for each in self.servers}
        return [
            row
            for row in self.admin.invoke("Get-MailboxDatabase").rows
            if own & {_short(each) for each in plain(row.get("Servers")) or (plain(row["Server"]),)}
        ]

    @cached_property
    def mailboxes(self) -> list[str]:
        """The addresses of people whose mailbox is there."""
        return sorted(_text(row, "PrimarySmtpAddress") for row in mailboxes(self.admin, self.databases))

    @cached_property
    def _archives(self) -> list[tuple[str, str, str]]:
        """Whose archive is there: the address, its database, and that of the mailbox; empty where it has gone."""
        names = ("PrimarySmtpAddress", "ArchiveDatabase", "Database")
        rows = archives(self.admin, self.databases)
        return sorted((_text(row, names[0]), _text(row, names[1]), _text(row, names[2])) for row in rows)

    @property
    def archives_left(self) -> list[str]:
        """The archives whose mailbox is in no database of the premises any more."""
        return [f"{address} (in {name})" for address, name, mailbox in self._archives if not mailbox]

    @property
    def archives_of_others(self) -> list[str]:
        """The archives whose mailbox is in a database of other servers."""
        own = {str(row["Name"]).casefold() for row in self.databases}
        return [
            f"{address} (in {name}, the mailbox in {mailbox})"
            for address, name, mailbox in self._archives
            if mailbox and mailbox.casefold() not in own
        ]


def _short(server: object) -> str:
    return str(server).partition(".")[0].casefold()


def _text(row: Row, name: str) -> str:
    return str(plain(row.get(name)) or "")
