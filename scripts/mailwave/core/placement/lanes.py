"""Reads who is in a lane of his own: a table with the columns Mailbox (ExchangeGuid), Lane and Why.

*Lane* is `volunteer`, who goes first, or `special`: mailboxes of applications, and those read by POP or IMAP or that
send by SMTP, which go last. Mailboxes over `LARGE` bytes are special without being named.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from mailwave.core.bad_rows import Faults
from mailwave.core.hostile import is_formula
from mailwave.core.population import LANES, SPECIAL, USUAL, Population, guid_columns
from mailwave.core.table import NamedRow, named_rows

COLUMNS = ("Mailbox", "Lane", "Why")
OWN = tuple(lane for lane in LANES if lane != LANES[USUAL])


def read_lanes(file: str, data: bytes, mailboxes: Collection[str]) -> dict[str, int]:
    """The lane of each mailbox in *data*, the content of *file*, as a place in `LANES`.

    *mailboxes* are the known ExchangeGuids in lower case.

    Raises:
        BadRows: a row names an unknown mailbox or lane, or a mailbox stands twice.
    """
    faults, known = Faults(), set(mailboxes)
    found: dict[str, int] = {}
    for row in named_rows(file, data, required=COLUMNS, faults=faults):
        guid = row.cells["Mailbox"].lower()
        problem = _problem(row, known) or ("stands in more than one row" if guid in found else "")
        if problem:
            faults.add(file, row.line, problem)
        else:
            found[guid] = LANES.index(row.cells["Lane"])
    faults.refuse_if_any()
    return found


def _problem(row: NamedRow, known: Collection[str]) -> str:
    """What is wrong with *row*; empty when nothing is."""
    cells = row.cells
    if cells["Mailbox"].lower() not in known:
        return f"names {cells['Mailbox'][:40]!r}, which is no mailbox of the estate"
    if cells["Lane"] not in OWN:
        return f"has the lane {cells['Lane'][:40]!r}; known are {', '.join(OWN)}"
    if not cells["Why"]:
        return "says not why"
    return "gives a formula as its reason" if is_formula(cells["Why"]) else ""


def with_lanes(population: Population, lanes: Mapping[str, int]) -> Population:
    """*population* with the *lanes* of those of its mailboxes that are named; who is special stays so."""
    guids = sorted(lanes)
    rows = population.places(guid_columns(guids))
    here = rows >= 0
    lane = population.lane.copy()
    lane[rows[here]] = np.array([lanes[guid] for guid in guids], dtype=np.int8)[here]
    lane[population.lane == SPECIAL] = SPECIAL
    return population._replace(lane=lane)
