"""Who lives on premises now, read through remote PowerShell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Self

from estate_schema import Endpoints, Estate
from exchange_admin import Unreachable, connect, find_by_guid
from exchange_admin.onpremises import OnPremises
from exchange_admin.port import Row
from exchange_admin.values import size_bytes
from mailwave.core.estate import Mailbox
from mailwave.core.outcomes import ActPostponed
from mailwave.core.rollback import Room

ALL: dict[str, object] = {"ResultSize": "Unlimited"}


class Source:
    """The *sites* by name; use it as a context manager, so that no shell is left open (fact D7).

    *site_of_server* tells the site of a server by its name in capitals: where all sites are one domain, each shows the
    mailboxes of all, and those on another's servers are not its own.
    """

    def __init__(self, sites: Mapping[str, OnPremises], site_of_server: Mapping[str, str]) -> None:
        self._stack = ExitStack()
        self._sites = {name: self._stack.enter_context(site) for name, site in sites.items()}
        self._site_of_server = site_of_server

    @classmethod
    def connect(cls, endpoints: Endpoints, estate: Estate, *, sleep: Callable[[float], None]) -> Source:
        """The sites of *estate*, to be read only; nothing connects before the first read."""
        sites = {site.name: connect.on_premises(endpoints, site.name, sleep=sleep) for site in estate.sites}
        return cls(sites, estate.site_of_server)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def live(self) -> set[str]:
        """The ExchangeGuids, in lower case, of the mailboxes that live on premises now."""
        found = self._everywhere(
            lambda site, admin: {
                _guid(row)
                for database in self._databases(site, admin)
                for row in self._mailboxes(site, admin, database)
            }
        )
        return {guid for guids in found.values() for guid in guids}

    def live_of(self, mailboxes: Iterable[Mailbox]) -> set[str]:
        """The ExchangeGuids of those of *mailboxes* that live on premises now, each looked for at its own site.

        Raises:
            ActPostponed: a site does not answer.
        """
        wanted: dict[str, list[str]] = defaultdict(list)
        for mailbox in mailboxes:
            wanted[mailbox.site].append(mailbox.guid)
        return {guid for site, guids in wanted.items() for guid in self._found(site, guids)}

    def _found(self, site: str, guids: Iterable[str]) -> Iterable[str]:
        try:
            return find_by_guid(self._sites[site], "Get-Mailbox", guids)
        except Unreachable as error:
            raise ActPostponed(act="read back", subject=f"mailboxes at {site}", why=str(error)) from error

    def room(self) -> dict[str, Room]:
        """Where each database of the sites can grow, by its name; those that do not say are left out."""
        found = self._everywhere(self._rooms)
        return {name: room for rooms in found.values() for name, room in rooms.items()}

    def _rooms(self, site: str, admin: OnPremises) -> dict[str, Room]:
        """What the active copy of each database of *site* says of its volume, and the database of its own file."""
        copies = admin.invoke("Get-MailboxDatabaseCopyStatus").rows
        active = {str(row["DatabaseName"]): row for row in copies if _is_true(row.get("ActiveCopy"))}
        return {
            str(row["Name"]): Room(
                f"{row['Server']} {copy.get('DatabaseVolumeMountPoint')}",
                size_bytes(str(row["AvailableNewMailboxSpace"])) or 0,
                size_bytes(str(copy["DiskFreeSpace"])) or 0,
            )
            for row in admin.invoke("Get-MailboxDatabase", {"Status": True}).rows
            if self._is_of(site, str(row["Server"]))
            and (copy := active.get(str(row["Name"])))
            and copy.get("DiskFreeSpace")
            and row.get("AvailableNewMailboxSpace")
        }

    def _everywhere[Read](self, read: Callable[[str, OnPremises], Read]) -> dict[str, Read]:
        """What *read* finds at each site; all are asked at the same time, and one failure is the failure of all."""
        with ThreadPoolExecutor(max_workers=len(self._sites)) as threads:
            begun = {site: threads.submit(read, site, admin) for site, admin in self._sites.items()}
            return {site: reading.result() for site, reading in begun.items()}

    def _databases(self, site: str, admin: OnPremises) -> list[str]:
        """The databases on servers of *site*, and on those that nobody has put into a site."""
        rows = admin.invoke("Get-MailboxDatabase").rows
        return [str(row["Name"]) for row in rows if self._is_of(site, str(row["Server"]))]

    def _is_of(self, site: str, server: str) -> bool:
        return self._site_of_server.get(server.upper(), site) == site

    def _mailboxes(self, site: str, admin: OnPremises, database: str) -> list[Row]:
        rows = admin.invoke("Get-Mailbox", ALL | {"Database": database}).rows
        return [row for row in rows if self._is_of(site, str(row["ServerName"]))]


def _is_true(value: object) -> bool:
    """A yes as either channel gives it."""
    return str(value).casefold() == "true"


def _guid(row: Row) -> str:
    return str(row["ExchangeGuid"]).lower()
