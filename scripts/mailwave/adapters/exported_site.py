"""A site that cannot be asked, read from what somebody exported of it: the same questions, answered from files.

A folder holds a file a cmdlet, such as `Get-Mailbox.csv`, or `.parquet`, with the properties that the cmdlet shows as
columns; several values of one are joined by semicolons or commas. So nothing of discovery depends on how a site was
read, and what a file does not say is unknown as it is where a site does not say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from exchange_admin.onpremises import OnPremises
from exchange_admin.port import Row
from exchange_admin.shell import ErrorSaid, Output
from exchange_admin.values import moment
from mailwave.adapters.exports import contents
from mailwave.core.bad_rows import Faults
from mailwave.core.discovery.tables import (
    CONNECTOR,
    DEVICE,
    LIST,
    MAILBOX,
    MEMBER,
    PROTOCOLS,
    RECIPIENT,
    STATISTICS,
    TABLES,
)
from mailwave.core.exchange_export import MAILBOX_COLUMNS, ORGANISATION_COLUMN, STATISTICS_COLUMNS
from mailwave.core.table import named_rows


class Export(NamedTuple):
    """What is read of one cmdlet's file: the columns that it must have, those that it may, and those of many values."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    lists: tuple[str, ...]


def _export(required: tuple[str, ...], table: str = "", more: str = "", lists: str = "") -> Export:
    schema = TABLES.get(table, {})
    optional = tuple(name for name in (*schema, *more.split()) if name not in required)
    return Export(
        required, optional, (*(name for name, kind in schema.items() if kind == LIST), *lists.split())
    )


_ENTRY = ("Identity", "User", "IsInherited", "Deny")
NEEDED: Mapping[str, Export] = {
    "Get-Mailbox": _export(
        (*MAILBOX_COLUMNS, ORGANISATION_COLUMN, "Guid", "Identity", "GrantSendOnBehalfTo"), MAILBOX
    ),
    "Get-MailboxStatistics": _export(STATISTICS_COLUMNS, STATISTICS, "Database"),
    "Get-MailboxPermission": _export((*_ENTRY, "AccessRights"), lists="AccessRights"),
    "Get-ADPermission": _export((*_ENTRY, "ExtendedRights"), lists="ExtendedRights"),
}
"""Files without which a site cannot be told: who is there, how large, and who holds a right on whom."""

_RECIPIENT = _export(("Guid", "Identity"), RECIPIENT)
EXPORTS: Mapping[str, Export] = {
    **NEEDED,
    "Get-CASMailbox": _export(("Guid",), PROTOCOLS, "WhenChangedUTC"),
    "Get-MobileDevice": _export(("UserDisplayName", "ClientVersion"), DEVICE),
    "Get-DistributionGroup": _RECIPIENT,
    "Get-DynamicDistributionGroup": _RECIPIENT,
    "Get-MailContact": _RECIPIENT,
    "Get-MailUser": _RECIPIENT,
    "Get-User": _RECIPIENT,
    "Get-Group": _export(("Guid", "Identity", "Members"), RECIPIENT, lists="Members"),
    "Get-DistributionGroupMember": _export(("Group", "Guid"), MEMBER),
    "Get-ReceiveConnector": _export(("Identity", "Server"), CONNECTOR),
}
"""Every file that is read, by the cmdlet that it is named for; `Group` is the GUID of the group that was asked."""

_NAMES = ("Guid", "Identity", "DistinguishedName", "SamAccountName", "Name")
_TYPE_NAME = re.compile(r"(System|Microsoft)\.[\w.`]+(\[.*\])?")
_CHANGED = re.compile(r"WhenChangedUTC -gt '([^']+)'")
_NOT_FOUND = ErrorSaid("ManagementObjectNotFoundException", "no file of the export tells")


def exported(folder: Path) -> OnPremises:
    """The site that was exported into *folder*, as if it were asked.

    Raises:
        BadRows: a file is missing, is no table, lacks a column, or has a row that cannot be taken; all are named.
        OSError: a file cannot be read.
    """
    faults = Faults()
    found = {name: rows for name in EXPORTS if (rows := _rows(folder, name, faults)) is not None}
    faults.refuse_if_any()
    return OnPremises(lambda: ExportedShell(found))


def _rows(folder: Path, cmdlet: str, faults: Faults) -> list[Row] | None:
    """The rows of the file of *cmdlet*; None where there is none."""
    table, text = folder / f"{cmdlet}.parquet", folder / f"{cmdlet}.csv"
    export = EXPORTS[cmdlet]
    if table.exists() and text.exists():
        faults.add(str(text), 0, "stands beside one in Parquet, and only one of them can be meant")
    elif table.exists():
        return list(_of_table(table, export, faults))
    elif text.exists():
        return list(_of_text(text, export, faults))
    elif cmdlet in NEEDED:
        faults.add(str(text), 0, f"is missing: a site is told by {', '.join(NEEDED)}")
    return None


def _of_table(file: Path, export: Export, faults: Faults) -> Iterator[Row]:
    try:
        held = pl.read_parquet_schema(file)
        missing = [name for name in export.required if name not in held]
        if missing:
            faults.add(str(file), 0, f"has no column {', '.join(missing)}")
            return
        wanted = [name for name in (*export.required, *export.optional) if name in held]
        yield from pl.read_parquet(file, columns=wanted).iter_rows(named=True)
    except (pl.exceptions.PolarsError, BaseExceptionGroup):
        faults.add(str(file), 0, "cannot be read as Parquet")


def _of_text(file: Path, export: Export, faults: Faults) -> Iterator[Row]:
    ((name, data),) = contents([file]).items()
    for row in named_rows(name, data, required=export.required, optional=export.optional, faults=faults):
        typed = [column for column in export.lists if _TYPE_NAME.fullmatch(row.cells.get(column, ""))]
        if typed:
            what = f"has the name of a type in its {typed[0]}: export its values, joined by semicolons"
            faults.add(name, row.line, what)
        else:
            yield {column: _value(cell, many=column in export.lists) for column, cell in row.cells.items()}


def _value(cell: str, *, many: bool) -> str | list[str] | None:
    if many:
        return [part.strip() for part in cell.split(";" if ";" in cell else ",") if part.strip()]
    return cell or None


class ExportedShell:
    """A shell that answers the questions of discovery from the *exports*, rows by cmdlet."""

    def __init__(self, exports: Mapping[str, list[Row]]) -> None:
        self._exports = exports
        self._database_of = {
            str(row[key]).lower(): row["Database"]
            for row in exports["Get-Mailbox"]
            for key in ("ExchangeGuid", "ArchiveGuid")
            if row.get(key)
        }

    def close(self) -> None:
        """Nothing is held."""

    def run(self, cmdlet: str, parameters: Mapping[str, object], into: str | None = None) -> Output:
        """The rows that *cmdlet* would show, or *into* of each of them."""
        if cmdlet == "Get-MailboxDatabase":
            places = {(row["Database"], row["ServerName"]): None for row in self._exports["Get-Mailbox"]}
            return Output([{"Name": name, "Server": server} for name, server in places], [], [])
        known = self._exports.get(cmdlet)
        if known is None:
            return Output([], [], [_NOT_FOUND] if "Identity" in parameters else [])
        is_asked = self._condition(cmdlet, parameters)
        rows = [row for row in known if is_asked(row)]
        if into is not None:
            names = {row["Identity"] for row in rows}
            rows = [row for row in self._exports[into] if row["Identity"] in names]
        return Output(rows, [], [])

    def _condition(self, cmdlet: str, parameters: Mapping[str, object]) -> Callable[[Row], bool]:
        """Which rows *parameters* ask for; a change that no column dates is taken for one.

        Who asks by ids picks them out of whatever comes (`exchange_admin.find_by_guid`).
        """
        if "Database" in parameters:
            return lambda row: self._database(row) == parameters["Database"]
        if cmdlet == "Get-DistributionGroupMember":
            group = str(parameters["Identity"]).lower()
            return lambda row: str(row["Group"]).lower() == group
        if "Identity" in parameters:
            name = str(parameters["Identity"]).casefold()
            return lambda row: any(str(row.get(key)).casefold() == name for key in _NAMES)
        asked = str(parameters.get("Filter", ""))
        if since := _CHANGED.search(asked):
            return lambda row: _is_after(row.get("WhenChangedUTC"), since[1])
        return lambda _: True

    def _database(self, row: Row) -> object:
        return row.get("Database") or self._database_of.get(str(row.get("MailboxGuid")).lower())


def _is_after(changed: object, since: str) -> bool:
    try:
        at = moment(changed)
    except ValueError:
        return True
    return at > datetime.fromisoformat(since)
