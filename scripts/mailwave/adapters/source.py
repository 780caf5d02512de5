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
            permissions[f"permissions-{site}.csv"] = _csv(PERMISSION_COLUMNS, _Rights(rows).read(admin))
            progress("delegate rights", len(rows), len(rows))
        return Inventory(mailboxes, statistics, permissions)


def _statistics(admin: ExchangeAdmin, mailboxes: Iterable[Row]) -> list[Row]:
    servers = sorted({str(row["ServerName"]) for row in mailboxes})
    return [
        row for server in servers for row in admin.invoke("Get-MailboxStatistics", {"Server": server}).rows
    ]


class _Rights:
    """Who may use each of *mailboxes*, with the names resolved by which Exchange shows trustees and objects."""

    def __init__(self, mailboxes: Sequence[Row]) -> None:
        self._mailboxes = mailboxes
        self._guid_of = {
            name: str(row["ExchangeGuid"]).lower() for row in mailboxes for name in _names_of(row)
        }

    def read(self, admin: OnPremises) -> Iterator[Row]:
        """One row a right that another mailbox of the inventory holds; two pipelines, however many mailboxes."""
        for entry in admin.invoke_each("Get-Mailbox", ALL, "Get-MailboxPermission").rows:
            if "FullAccess" in _values(entry["AccessRights"]) and not _true(entry["IsInherited"]):
                yield from self._row(str(entry["Identity"]), str(entry["User"]), "FullAccess")
        for entry in admin.invoke_each("Get-Mailbox", ALL, "Get-ADPermission").rows:
            if "Send-As" in _values(entry.get("ExtendedRights")) and not _true(entry["IsInherited"]):
                yield from self._row(str(entry["Identity"]), str(entry["User"]), "SendAs")
        for row in self._mailboxes:
            for trustee in _values(row.get("GrantSendOnBehalfTo")):
                yield from self._row(str(row["Identity"]), trustee, "SendOnBehalf")

    def _row(self, mailbox: str, trustee: str, right: str) -> Iterator[Row]:
        guid = self._guid_of.get(mailbox.casefold())
        holder = self._guid_of.get(trustee.casefold()) or self._guid_of.get(
            trustee.rpartition("\\")[2].casefold()
        )
        if guid is not None and holder is not None and holder != guid:
            yield {"Mailbox": guid, "Trustee": holder, "Right": right}


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
