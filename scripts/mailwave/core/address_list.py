"""A list of mailboxes that a person hands in: a table with the column ``EmailAddress``, as a batch has (fact B10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailwave.core.bad_rows import Faults
from mailwave.core.hostile import has_control, is_formula
from mailwave.core.table import NamedRow, named_rows

COLUMN = "EmailAddress"
LARGEST = 16 * 2**20
"""Bytes: more than the 200,000 addresses of the largest batch (fact B12)."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


def read_addresses(file: str, data: bytes) -> list[str]:
    """The addresses of *data* in lower case, in their order and each once; *file* is its name for sentences.

    Raises:
        BadRows: it is no such table, it is empty, or a row of it holds no address; nothing of it counts then.
    """
    faults = Faults()
    found: dict[str, None] = {}
    if len(data) > LARGEST:
        faults.add(file, 0, f"has {len(data)} bytes, more than a list of mailboxes has ({LARGEST})")
    else:
        found = dict.fromkeys(_addresses(file, data, faults))
        if not found:
            faults.add(file, 0, "names no mailbox")
    faults.refuse_if_any()
    return list(found)


def _addresses(file: str, data: bytes, faults: Faults) -> Iterator[str]:
    for row in named_rows(file, data, required=(COLUMN,), faults=faults):
        if problem := _problem(row):
            faults.add(file, row.line, problem)
        else:
            yield row.cells[COLUMN].lower()


def _problem(row: NamedRow) -> str:
    """What is wrong with the address of *row*; empty where nothing is. What it shows of it cannot act on a screen."""
    cell = row.cells[COLUMN]
    shown = ascii(cell[:40])
    if is_formula(cell):
        return f"has {shown}, which a spreadsheet would run"
    if has_control(cell):
        return f"has {shown}, with a control character"
    if not _ADDRESS.fullmatch(cell) or ".." in cell:
        return f"has {shown} where its {COLUMN} belongs"
    return ""
