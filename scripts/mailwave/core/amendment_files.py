"""Reads who leaves and who goes to another organisation from tables, as discovery or a person writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from mailwave.core.amendments import Transfer
from mailwave.core.bad_rows import Faults
from mailwave.core.hostile import has_control
from mailwave.core.table import named_rows

GUID = "ExchangeGuid"
ORGANISATION = "Organisation"

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_leavers(files: Mapping[str, bytes]) -> list[str]:
    """The ExchangeGuids of *files* (name to content), in lower case, each once.

    Raises:
        BadRows: any row of any file cannot be taken.
    """
    return _read(files, (GUID,), lambda _: "", lambda cells: cells[GUID].lower())


def read_transfers(files: Mapping[str, bytes], organisations: Collection[str]) -> list[Transfer]:
    """The transfers of *files*: an ExchangeGuid, and the ODS code of the organisation that it goes to.

    Raises:
        BadRows: any row of any file cannot be taken.
    """

    def problem(cells: Mapping[str, str]) -> str:
        known = cells[ORGANISATION] in organisations
        return "" if known else f"goes to {cells[ORGANISATION][:40]!r}, which is no organisation in scope"

    def transfer(cells: Mapping[str, str]) -> Transfer:
        return Transfer(cells[GUID].lower(), cells[ORGANISATION])

    return _read(files, (GUID, ORGANISATION), problem, transfer)


def _read[Change](
    files: Mapping[str, bytes],
    columns: tuple[str, ...],
    problem_of: Callable[[Mapping[str, str]], str],
    change_of: Callable[[Mapping[str, str]], Change],
) -> list[Change]:
    faults = Faults()
    first: dict[str, str] = {}
    found: list[Change] = []
    for file, data in files.items():
        for row in named_rows(file, data, required=columns, faults=faults):
            here, guid = f"{file}:{row.line}", row.cells[GUID].lower()
            problem = _cell_problem(row.cells) or problem_of(row.cells)
            if not problem and first.setdefault(guid, here) != here:
                problem = f"repeats the {GUID} of {first[guid]}"
            if problem:
                faults.add(file, row.line, problem)
            else:
                found.append(change_of(row.cells))
        if not found:
            faults.add(file, 0, "holds no row")
    faults.refuse_if_any()
    return found


def _cell_problem(cells: Mapping[str, str]) -> str:
    if any(has_control(cell) for cell in cells.values()):
        return "has control characters"
    if not _GUID.fullmatch(cells[GUID].lower()):
        return f"has {cells[GUID][:40]!r} where its {GUID} belongs"
    return ""
