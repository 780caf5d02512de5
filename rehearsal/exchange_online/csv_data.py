"""The list of mailboxes inside a batch: both wire forms, and the rules of its rows (facts A18, B10, B11)."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal.exchange_online.errors import CsvRefused
from rehearsal.exchange_online.offboarding import check_databases
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.states import Direction

_COLUMNS = {
    Direction.ONBOARDING: {"emailaddress", "baditemlimit", "largeitemlimit", "mailboxtype"},
    Direction.OFFBOARDING: {
        *("emailaddress", "baditemlimit", "largeitemlimit", "mailboxtype"),
        *("targetdatabase", "targetarchivedatabase"),
    },
}
"""The columns of each direction (fact B10)."""
_MAILBOX_TYPES = {"", "primaryonly", "archiveonly", "primaryandarchive"}
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
_LONGEST_ADDRESS = 1024


@dataclass(frozen=True)
class Rows:
    """The good addresses in their order, and a warning `(row, address, text)` for each bad row; rows count from 1.

    *archives*: those of the addresses whose archive alone is to be moved. *databases*: where each is to go, if it says.
    """

    addresses: tuple[str, ...]
    warnings: tuple[tuple[int, str, str], ...]
    archives: frozenset[str] = frozenset()
    databases: Mapping[str, str] = field(default_factory=dict)


def decode_bytes(value: object) -> bytes | None:
    """Return the bytes of a plain base64 text, or of a typed object with integers or base64; None if it is neither."""
    if isinstance(value, dict):
        data = value.get("Data") if value.get("@odata.type") == "#Exchange.ByteArrayType" else None
        if isinstance(data, list):
            return bytes(data) if all(type(byte) is int and 0 <= byte <= 255 for byte in data) else None
        value = data
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return None


def read(
    data: bytes,
    options: Options,
    *,
    allow_unknown: bool,
    direction: Direction = Direction.ONBOARDING,
    databases: tuple[str, ...] = (),
) -> Rows:
    """Read the rows of *data*, UTF-8 with or without a byte order mark; *databases* are those named on the batch.

    :raises CsvRefused: if the columns are wrong, or there is no row at all or too many.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CsvRefused("The CSV file couldn't be read. It must be encoded in UTF-8.") from None
    lines = list(csv.reader(io.StringIO(text, newline="")))
    if len(lines) < 2:
        raise CsvRefused("The CSV file is empty.")
    header = [name.strip().lower() for name in lines[0]]
    known = _COLUMNS[direction]
    _check_columns(header, known, allow_unknown=allow_unknown or not options.unknown_columns_refused)
    if direction is Direction.OFFBOARDING:
        check_databases(header, databases, options)
    most = options.rows_in_a_batch
    if most is not None and len(lines) - 1 > most:
        raise CsvRefused(f"The CSV file has more than {most} rows.")
    homeless = direction is Direction.OFFBOARDING and not databases and options.database_named
    rows = _read_rows(header, lines[1:], need_database=homeless)
    if rows.warnings and not options.bad_rows_warn:
        raise CsvRefused(rows.warnings[0][2])
    return rows


def _check_columns(header: list[str], known: set[str], *, allow_unknown: bool) -> None:
    if "emailaddress" not in header:
        raise CsvRefused("The CSV file is missing the required column EmailAddress.")
    double = sorted({name for name in header if header.count(name) > 1})
    if double:
        raise CsvRefused(f"The CSV file has duplicate columns: {', '.join(double)}.")
    unknown = sorted(set(header) - known)
    if unknown and not allow_unknown:
        raise CsvRefused(f"The CSV file has unknown columns: {', '.join(unknown)}.")


def _read_rows(header: list[str], lines: list[list[str]], *, need_database: bool) -> Rows:
    seen: set[str] = set()
    addresses: list[str] = []
    warnings: list[tuple[int, str, str]] = []
    archives: set[str] = set()
    databases: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        cells = dict(zip(header, (cell.strip() for cell in line), strict=False))
        address = cells.get("emailaddress", "")
        problem = _problem(cells, address, need_database=need_database)
        if problem is None and address.lower() in seen:
            problem = "The user is listed more than once in the CSV file."
        if problem:
            warnings.append((number, address, problem))
        else:
            seen.add(address.lower())
            addresses.append(address)
            if cells.get("mailboxtype", "").lower() == "archiveonly":
                archives.add(address)
            if cells.get("targetdatabase"):
                databases[address] = cells["targetdatabase"]
    return Rows(tuple(addresses), tuple(warnings), frozenset(archives), databases)


def _problem(cells: dict[str, str], address: str, *, need_database: bool) -> str | None:
    if not _ADDRESS.fullmatch(address) or len(address) > _LONGEST_ADDRESS:
        return f'"{address}" isn\'t a valid SMTP address.'
    if cells.get("mailboxtype", "").lower() not in _MAILBOX_TYPES:
        return f'"{cells["mailboxtype"]}" isn\'t a valid value for MailboxType.'
    if need_database and not cells.get("targetdatabase"):
        return "The value of TargetDatabase is missing."
    for limit in ("baditemlimit", "largeitemlimit"):
        if not re.fullmatch(r"\d*|unlimited", cells.get(limit, ""), re.IGNORECASE):
            return f'"{cells[limit]}" isn\'t a valid value for {limit}.'
    return None
