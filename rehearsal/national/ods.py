"""The organisations that are open, from the carried exports of the NHS Organisation Data Service.

This reader is the rehearsal's own: what is rehearsed must not learn of the organisations from the code that it tests.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rehearsal.national.errors import BadOrganisations, FolderUnusable
from rehearsal.national.shape import KINDS, Kind

FOLDER = Path(__file__).resolve().parents[1] / "data" / "ods"

_COLUMNS = 27
_CODE, _NAME, _REGION, _BOARD, _POSTCODE, _CLOSED, _STATUS = 0, 1, 2, 3, 9, 11, 12


@dataclass(frozen=True)
class Listed:
    """An open organisation as listed. *region* and *icb* are codes, empty where the export has none."""

    code: str
    name: str
    kind: str
    region: str
    icb: str
    postcode: str


def read(folder: Path = FOLDER) -> list[Listed]:
    """Every open organisation: trusts, prescribers and dispensers, 23,571 in the carried files.

    Raises:
        FolderUnusable: a file is missing.
        BadOrganisations: a row has not 27 columns or no code, or repeats a code.
    """
    seen: dict[str, str] = {}
    return [found for kind in KINDS for found in _listed(folder / kind.file, kind, seen)]


def _listed(file: Path, kind: Kind, seen: dict[str, str]) -> Iterator[Listed]:
    try:
        text = file.read_bytes().decode("latin-1")
    except OSError as error:
        raise FolderUnusable(folder=str(file), problem=error.strerror or str(error)) from error
    rows = csv.reader(text.splitlines(keepends=True))
    for row in rows:
        problem = _problem(row, seen)
        if problem:
            raise BadOrganisations(file=file.name, line=rows.line_num, problem=problem)
        seen[row[_CODE]] = file.name
        # The file of trusts leaves the status empty.
        if row[_STATUS] == "A" or not (row[_STATUS] or row[_CLOSED]):
            name = unicodedata.normalize("NFC", row[_NAME])
            yield Listed(row[_CODE], name, kind.name, row[_REGION], row[_BOARD], row[_POSTCODE])


def _problem(row: list[str], seen: dict[str, str]) -> str:
    if len(row) != _COLUMNS:
        return f"has {len(row)} columns where an export has {_COLUMNS}"
    if not row[_CODE] or not row[_NAME]:
        return "has no code or no name"
    return f"repeats the code {row[_CODE]} of {seen[row[_CODE]]}" if row[_CODE] in seen else ""
