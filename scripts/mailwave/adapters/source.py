"""The on-premises side of a move, read through remote PowerShell.

Discovery writes what `Export-Csv` would write, so an estate that was discovered and one that was exported by hand go
through the same door.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Self

from estate_schema import Endpoints
from exchange_admin import ExchangeAdmin, connect, find_one
from exchange_admin.onpremises import OnPremises
from exchange_admin.port import Row
from mailwave.core.exchange_export import MAILBOX_COLUMNS, ORGANISATION_COLUMN, STATISTICS_COLUMNS
from mailwave.core.permissions import COLUMNS as PERMISSION_COLUMNS
from mailwave.core.source import Inventory

ALL: Mapping[str, object] = {"ResultSize": "Unlimited"}

Progress = Callable[[str, int, int], None]
"""Told what is being read, how many of it were, and how many there are."""


class Source:
    """The *sites* by name; use it as a context manager, so that no shell is left open (fact D7)."""

    def __init__(self, sites: Mapping[str, OnPremises]) -> None:
        self._stack = ExitStack()
        self._sites = {name: self._stack.enter_context(site) for name, site in sites.items()}

    @classmethod
    def connect(cls, endpoints: Endpoints, sites: Iterable[str], *, sleep: Callable[[float], None]) -> Source:
        """The sites of *endpoints* with those names, to be read only; nothing connects before the first read."""
        return cls({site: connect.on_premises(endpoints, site, sleep=sleep) for site in sites})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def live(self) -> set[str]:
        """The ExchangeGuids, in lower case, of the mailboxes that live on premises now."""
        return {
            str(row["ExchangeGuid"]).lower()
            for admin in self._sites.values()
            for row in admin.invoke("Get-Mailbox", ALL).rows
        }

    def live_of(self, guids: Iterable[str]) -> set[str]:
        """Those of *guids* whose mailboxes live on premises now, each asked for by itself at every site."""
        return {
            guid
            for guid in guids
            if any(find_one(admin, "Get-Mailbox", guid) is not None for admin in self._sites.values())
        }

    def inventory(self, progress: Progress) -> Inventory:
        """Everything that an import needs, by file name."""
        mailboxes: dict[str, bytes] = {}
        statistics: dict[str, bytes] = {}
        permissions: dict[str, bytes] = {}
        for site, admin in self._sites.items():
            rows = admin.invoke("Get-Mailbox", ALL).rows
            progress("mailboxes", len(rows), len(rows))
            mailboxes[f"mailboxes-{site}.csv"] = _csv((*MAILBOX_COLUMNS, ORGANISATION_COLUMN), rows)
            statistics[f"statistics-{site}.csv"] = _csv(STATISTICS_COLUMNS, _statistics(admin, rows))
            rights = _Rights(admin, rows)
            permissions[f"permissions-{site}.csv"] = _csv(PERMISSION_COLUMNS, rights.read(progress))
        return Inventory(mailboxes, statistics, permissions)


def _statistics(admin: ExchangeAdmin, mailboxes: Iterable[Row]) -> list[Row]:
    servers = sorted({str(row["ServerName"]) for row in mailboxes})
    return [
        row for server in servers for row in admin.invoke("Get-MailboxStatistics", {"Server": server}).rows
    ]


class _Rights:
    """Reads who may use each of *mailboxes*, and resolves the names by which Exchange shows them."""

    def __init__(self, admin: ExchangeAdmin, mailboxes: Sequence[Row]) -> None:
        self._admin = admin
        self._mailboxes = mailboxes
        self._guid_of = {
            name: str(row["ExchangeGuid"]).lower() for row in mailboxes for name in _names_of(row)
        }

    def read(self, progress: Progress) -> Iterator[Row]:
        """One row a right that another mailbox of the inventory holds."""
        for n, row in enumerate(self._mailboxes, start=1):
            guid = str(row["ExchangeGuid"]).lower()
            for trustee, right in self._on(row):
                holder = self._guid_of.get(trustee.rpartition("\\")[2].casefold())
                if holder is not None and holder != guid:
                    yield {"Mailbox": guid, "Trustee": holder, "Right": right}
            progress("delegate rights", n, len(self._mailboxes))

    def _on(self, row: Row) -> Iterator[tuple[str, str]]:
        identity = {"Identity": row["DistinguishedName"]}
        for entry in self._admin.invoke("Get-MailboxPermission", identity).rows:
            if "FullAccess" in _values(entry["AccessRights"]) and not _true(entry["IsInherited"]):
                yield str(entry["User"]), "FullAccess"
        for entry in self._admin.invoke("Get-ADPermission", identity).rows:
            if "Send-As" in _values(entry.get("ExtendedRights")) and not _true(entry["IsInherited"]):
                yield str(entry["User"]), "SendAs"
        for trustee in _values(row.get("GrantSendOnBehalfTo")):
            yield trustee, "SendOnBehalf"


def _names_of(row: Row) -> set[str]:
    names = ("Identity", "DistinguishedName", "Alias", "PrimarySmtpAddress", "SamAccountName")
    return {str(row[name]).casefold() for name in names}


def _values(value: object) -> list[str]:
    """A multi-valued property as texts, whether it came as a list, as text with commas, or not at all."""
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [str(item) for item in value]
    return [part.strip() for part in str(value).split(",")]


def _true(value: object) -> bool:
    return str(value).casefold() == "true"


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")
