"""Reads the exports of the NHS Organisation Data Service as they are downloaded.

The files have no header, 27 columns and text of the Windows-1252 family, which is read as latin-1. An organisation
counts when its status is A, or, in the file of trusts, which leaves the status empty, when it has no close date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from mailwave.core.bad_rows import Faults
from mailwave.core.estate import Organisation
from mailwave.core.hostile import harm
from mailwave.core.table import Row, clean, rows

KINDS: Mapping[str, str] = {"etr": "trust", "epraccur": "prescriber", "edispensary": "dispenser"}
"""The kind of organisation that each export lists, by the export's name."""

COLUMNS = 27
_CODE, _NAME, _REGION, _ICB, _POSTCODE, _OPENED, _CLOSED, _STATUS = 0, 1, 2, 3, 9, 10, 11, 12
_STATUSES = ("", "A", "C", "D", "P")

_CODE_FORM = re.compile(r"[A-Z0-9]{3,8}")
_AREA_FORM = re.compile(r"([A-Z0-9]{3})?")
_DATE_FORM = re.compile(r"[0-9]{8}")
_POSTCODE_FORM = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")


def read_exports(exports: Mapping[str, bytes]) -> list[Organisation]:
    """The open organisations of all *exports* (file name to content), in the order of the files.

    Raises:
        BadRows: there is no file, one is not one of the three, or any row of any file cannot be taken.
    """
    faults = Faults()
    if not exports:
        faults.add("ODS exports", 0, f"none was found; they are called {_known()}")
    found: list[Organisation] = []
    seen: dict[str, str] = {}
    for file, data in exports.items():
        kind = KINDS.get(_stem(file))
        if kind is None:
            faults.add(file, 0, f"is not one of {_known()}")
        else:
            found.extend(_organisations(file, data, kind, faults, seen))
    faults.refuse_if_any()
    return found


def _known() -> str:
    return ", ".join(f"{name}.csv" for name in KINDS)


def _stem(file: str) -> str:
    return re.split(r"[/\\]", file)[-1].removesuffix(".csv").lower()


def _organisations(
    file: str, data: bytes, kind: str, faults: Faults, seen: dict[str, str]
) -> Iterator[Organisation]:
    if not data.strip():
        faults.add(file, 0, "is empty")
    for row in rows(file, data.decode("latin-1"), faults):
        problem = _problem(row) or _repeat(file, row, seen)
        if problem:
            faults.add(file, row.line, problem)
        elif _is_open(row):
            yield _organisation(row, kind)


def _problem(row: Row) -> str:
    """Why *row* cannot be taken; empty when it can. Closed organisations are checked like open ones."""
    cells = [clean(cell) for cell in row.cells]
    if len(cells) != COLUMNS:
        return f"has {len(cells)} columns where an export has {COLUMNS}"
    wanted = [
        (_CODE_FORM, _CODE, "organisation code"),
        (_AREA_FORM, _REGION, "national grouping"),
        (_AREA_FORM, _ICB, "health geography"),
    ]
    for form, place, what in wanted:
        if not form.fullmatch(cells[place]):
            return f"has {cells[place][:40]!r} where its {what} belongs"
    if cells[_STATUS] not in _STATUSES:
        return f"has the status {cells[_STATUS][:40]!r}; known are A, C, D, P and none"
    return (
        _date_problem(cells[_OPENED], "open date")
        or (_date_problem(cells[_CLOSED], "close date") if cells[_CLOSED] else "")
        or _name_problem(cells[_NAME])
        or _postcode_problem(cells[_POSTCODE])
    )


def _date_problem(text: str, what: str) -> str:
    try:
        if _DATE_FORM.fullmatch(text):
            date.fromisoformat(text)
            return ""
    except ValueError:
        pass
    return f"has {text[:40]!r} where its {what} (yyyymmdd) belongs"


def _name_problem(name: str) -> str:
    if not name:
        return "has no name"
    return harm("name", name)


def _postcode_problem(text: str) -> str:
    if text and not _POSTCODE_FORM.fullmatch(text.replace(" ", "")):
        return f"has {text[:40]!r} where its postcode belongs"
    return ""


def _repeat(file: str, row: Row, seen: dict[str, str]) -> str:
    code = clean(row.cells[_CODE])
    first = seen.setdefault(code, f"{file}:{row.line}")
    return "" if first == f"{file}:{row.line}" else f"repeats the organisation code {code} of {first}"


def _is_open(row: Row) -> bool:
    status = clean(row.cells[_STATUS])
    return status == "A" or (not status and not clean(row.cells[_CLOSED]))


def _organisation(row: Row, kind: str) -> Organisation:
    cells = [clean(cell) for cell in row.cells]
    return Organisation(
        code=cells[_CODE],
        name=cells[_NAME],
        kind=kind,
        region=cells[_REGION],
        icb=cells[_ICB],
        postcode=_POSTCODE_FORM.sub(r"\1 \2", cells[_POSTCODE].replace(" ", "")),
    )
