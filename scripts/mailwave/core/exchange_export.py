"""Reads a mailbox inventory as ``Get-Mailbox | Export-Csv`` and ``Get-MailboxStatistics | Export-Csv`` write it.

The two are joined by ExchangeGuid and MailboxGuid. Statistics of mailboxes that are not in the inventory (archives,
disconnected and system mailboxes) are passed over; a mailbox without statistics is kept without a size.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec

from mailwave.core.bad_rows import Faults
from mailwave.core.estate import Mailbox
from mailwave.core.hostile import foreign_letter, harm
from mailwave.core.table import NamedRow, named_rows

MAILBOX_COLUMNS = (
    "ExchangeGuid",
    "PrimarySmtpAddress",
    "Alias",
    "DisplayName",
    "RecipientTypeDetails",
    "LegacyExchangeDN",
    "ServerName",
    "Database",
)
STATISTICS_COLUMNS = ("MailboxGuid", "TotalItemSize", "ItemCount")
ORGANISATION_COLUMN = "CustomAttribute1"
"""Where an estate keeps the ODS code of a mailbox unless it says otherwise."""

MOST_BYTES = 1 << 50
"""A mailbox of more than a pebibyte is a damaged cell."""

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
"""The form of an address: ASCII, whatever its letters look like."""

_ADDRESS = re.compile(ADDRESS)
_SIZE = re.compile(r"[0-9][0-9.,]* ?[KMGT]?B \(([0-9]{1,3}(?:,[0-9]{3})*|[0-9]+) bytes\)")
_COUNT = re.compile(r"[0-9]{1,12}")


class InventoryScope(msgspec.Struct, frozen=True):
    """What a mailbox must belong to.

    *organisations* are the known ODS codes, *site_of_server* the site of each server by its name in capitals or its
    full address in lower case, *organisation_column* where the inventory holds the ODS code.
    """

    organisations: Collection[str]
    site_of_server: Mapping[str, str]
    organisation_column: str = ORGANISATION_COLUMN


class _Statistics(msgspec.Struct, frozen=True):
    size_bytes: int
    items: int


def parse_size(text: str) -> int | None:
    """The bytes of a size such as ``1.5 GB (1,610,612,736 bytes)``; None when *text* is not one."""
    match = _SIZE.fullmatch(text)
    if match is None:
        return None
    size = int(match.group(1).replace(",", "")[:20])
    return size if size <= MOST_BYTES else None


def read_inventory(
    mailboxes: Mapping[str, bytes], statistics: Mapping[str, bytes], scope: InventoryScope
) -> list[Mailbox]:
    """The mailboxes of all inventory files (file name to content), in the order of the files.

    Raises:
        BadRows: any row of any file cannot be taken, or the files hold no mailbox; nothing else is returned then.
    """
    faults = Faults()
    for file in [] if mailboxes else statistics:
        faults.add(file, 0, "has statistics, and there is no inventory of mailboxes that they belong to")
    sizes = _statistics(statistics, faults)
    unique = _Unique(faults)
    found: list[Mailbox] = []
    for file, data in mailboxes.items():
        wanted = (*MAILBOX_COLUMNS, scope.organisation_column)
        for row in named_rows(file, data, required=wanted, faults=faults):
            problem = _mailbox_problem(row.cells, scope)
            if problem:
                faults.add(file, row.line, problem)
            elif unique.accept(file, row, ("ExchangeGuid", "PrimarySmtpAddress", "LegacyExchangeDN")):
                found.append(_mailbox(row.cells, sizes, scope))
    faults.refuse_if_any()
    if mailboxes and not found:
        faults.add(", ".join(mailboxes), 0, "holds no mailbox")
        faults.refuse_if_any()
    return found


class _Unique:
    """Remembers where each value of each column was met first."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._seen: dict[tuple[str, str], str] = {}

    def accept(self, file: str, row: NamedRow, columns: Collection[str]) -> bool:
        """Whether no earlier row has the same value in one of *columns*; if one has, that is noted."""
        here = f"{file}:{row.line}"
        for column in columns:
            value = row.cells[column]
            first = self._seen.setdefault((column, value.casefold()), here)
            if first != here:
                self._faults.add(file, row.line, f"repeats the {column} {value[:80]} of {first}")
                return False
        return True


def _mailbox_problem(cells: Mapping[str, str], scope: InventoryScope) -> str:
    """Why a row of the inventory cannot be taken; empty when it can."""
    return _text_problem(cells) or _identity_problem(cells) or _place_problem(cells, scope)


def _text_problem(cells: Mapping[str, str]) -> str:
    for column, cell in cells.items():
        if not cell:
            return f"has no {column}"
        if problem := harm(column, cell):
            return problem
    return ""


def _identity_problem(cells: Mapping[str, str]) -> str:
    if letter := foreign_letter(cells["PrimarySmtpAddress"]):
        return f"has an address with {letter}, which no address here may have"
    if not _ADDRESS.fullmatch(cells["PrimarySmtpAddress"]):
        return f"has {cells['PrimarySmtpAddress'][:80]!r} where its PrimarySmtpAddress belongs"
    if not cells["LegacyExchangeDN"].lower().startswith("/o="):
        return f"has {cells['LegacyExchangeDN'][:80]!r} where its LegacyExchangeDN belongs"
    return _guid_problem(cells["ExchangeGuid"], "ExchangeGuid")


def _guid_problem(text: str, column: str) -> str:
    if not _GUID.fullmatch(text):
        return f"has {text[:40]!r} where its {column} belongs"
    return f"has an {column} of zeros only, so it is no mailbox" if UUID(text).int == 0 else ""


def _place_problem(cells: Mapping[str, str], scope: InventoryScope) -> str:
    code = cells[scope.organisation_column]
    if code not in scope.organisations:
        return f"belongs to {code[:40]!r}, which is no organisation in scope"
    if _site(cells["ServerName"], scope) is None:
        return f"is on the server {cells['ServerName'][:40]!r}, which the estate file puts in no site"
    return ""


def _site(server: str, scope: InventoryScope) -> str | None:
    return scope.site_of_server.get(server.upper()) or scope.site_of_server.get(server.lower())


def _mailbox(cells: Mapping[str, str], sizes: Mapping[str, _Statistics], scope: InventoryScope) -> Mailbox:
    guid = cells["ExchangeGuid"].lower()
    statistics = sizes.get(guid)
    return Mailbox(
        guid=guid,
        address=cells["PrimarySmtpAddress"],
        alias=cells["Alias"],
        display_name=cells["DisplayName"],
        organisation=cells[scope.organisation_column],
        site=_site(cells["ServerName"], scope) or "",
        recipient_type=cells["RecipientTypeDetails"],
        legacy_dn=cells["LegacyExchangeDN"],
        server=cells["ServerName"],
        database=cells["Database"],
        size_bytes=statistics.size_bytes if statistics else None,
        items=statistics.items if statistics else None,
    )


def _statistics(files: Mapping[str, bytes], faults: Faults) -> dict[str, _Statistics]:
    unique = _Unique(faults)
    found: dict[str, _Statistics] = {}
    for file, data in files.items():
        for row in named_rows(file, data, required=STATISTICS_COLUMNS, faults=faults):
            problem, statistics = _one_statistics(row.cells)
            if statistics is None:
                faults.add(file, row.line, problem)
            elif unique.accept(file, row, ("MailboxGuid",)):
                found[row.cells["MailboxGuid"].lower()] = statistics
    return found


def _one_statistics(cells: Mapping[str, str]) -> tuple[str, _Statistics | None]:
    problem = _guid_problem(cells["MailboxGuid"], "MailboxGuid")
    size = parse_size(cells["TotalItemSize"])
    if problem:
        return problem, None
    if size is None:
        return f"has {cells['TotalItemSize'][:60]!r} where its TotalItemSize belongs", None
    if not _COUNT.fullmatch(cells["ItemCount"]):
        return f"has {cells['ItemCount'][:40]!r} where its ItemCount belongs", None
    return "", _Statistics(size, int(cells["ItemCount"]))
