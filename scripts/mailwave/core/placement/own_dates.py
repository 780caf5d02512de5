"""Reads organisations' own dates: a table with the columns Organisation, Kind, First, Last and Why.

*Organisation* is an ODS code. *Kind* is `chosen` (its mailboxes move in nights that begin on these days only; several
rows add up), `postponed` (no window touches these days) or `ready` (no night before *First*; *Last* is empty). Days are
local and both included.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from mailwave.core.bad_rows import Faults
from mailwave.core.hostile import is_formula
from mailwave.core.placement.season import Kind, Rule, Scope
from mailwave.core.table import NamedRow, named_rows

COLUMNS = ("Organisation", "Kind", "First", "Last", "Why")
KINDS = {"chosen": Kind.CHOSEN, "postponed": Kind.POSTPONED, "ready": Kind.NOT_BEFORE}


def read_own_dates(file: str, data: bytes, organisations: Collection[str]) -> tuple[Rule, ...]:
    """The rules in *data*, the content of *file*, in its order; *organisations* are the known codes.

    Raises:
        BadRows: a row names an unknown organisation or kind, or days that are none, or stands twice.
    """
    faults, known = Faults(), set(organisations)
    found: dict[Rule, int] = {}
    for row in named_rows(file, data, required=COLUMNS, faults=faults):
        problem = _problem(row, known)
        if problem:
            faults.add(file, row.line, problem)
            continue
        rule = _rule(row)
        if rule in found:
            faults.add(file, row.line, f"says the same as line {found[rule]}")
        found.setdefault(rule, row.line)
    faults.refuse_if_any()
    return tuple(found)


def _problem(row: NamedRow, known: Collection[str]) -> str:
    """What is wrong with *row*; empty when nothing is."""
    cells = row.cells
    if cells["Organisation"] not in known:
        return f"names {cells['Organisation'][:40]!r}, which is no organisation of the estate"
    if cells["Kind"] not in KINDS:
        return f"has the kind {cells['Kind'][:40]!r}; known are {', '.join(KINDS)}"
    if not cells["Why"]:
        return "says not why"
    if is_formula(cells["Why"]):
        return "gives a formula as its reason"
    return _problem_of_days(cells)


def _problem_of_days(cells: Mapping[str, str]) -> str:
    is_ready = cells["Kind"] == "ready"
    if is_ready and cells["Last"]:
        return "has a last day; an organisation that is ready stays so"
    for column in ("First",) if is_ready else ("First", "Last"):
        if not _is_day(cells[column]):
            return f"has in {column} {cells[column][:40]!r}, which is no day such as 2026-09-30"
    if not is_ready and cells["Last"] < cells["First"]:
        return f"ends on {cells['Last']}, before it begins on {cells['First']}"
    return ""


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _rule(row: NamedRow) -> Rule:
    cells = row.cells
    first = date.fromisoformat(cells["First"])
    last = date.fromisoformat(cells["Last"]) if cells["Last"] else date.max
    return Rule(KINDS[cells["Kind"]], Scope.ORGANISATION, cells["Organisation"], first, last, cells["Why"])
