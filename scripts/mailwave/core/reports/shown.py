"""What people are shown of a table at once: a page and a terminal have less room than a workbook."""

from __future__ import annotations

from collections import Counter

from mailwave.core.reports.document import Cell, Section


def shown(section: Section) -> tuple[tuple[Cell, ...], ...]:
    """The rows of *section* that people are shown: all, or those of each kind that come first.

    Behind these, each kind that has more has a row that says how many, with their numbers added up: a column comes to
    the same as in the whole table.
    """
    if section.of_a_kind is None:
        return section.rows
    first: list[tuple[Cell, ...]] = []
    seen: Counter[Cell] = Counter()
    left: Counter[Cell] = Counter()
    for cells in section.rows:
        kind, *_, number = cells
        seen[kind] += 1
        if seen[kind] <= section.of_a_kind:
            first.append(cells)
        else:
            left[kind] += number if isinstance(number, int) else 0
    return (*first, *((kind, _more(seen[kind] - section.of_a_kind), number) for kind, number in left.items()))


def _more(rows: int) -> str:
    return f"and {rows:,} more, all of them in the workbook and the JSON"
