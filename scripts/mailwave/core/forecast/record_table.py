"""The record move planned again, as a table: each case beside what was published of the move itself."""

from __future__ import annotations

from collections.abc import Sequence

from mailwave.core.forecast.chances import PUBLISHED, drawn
from mailwave.core.forecast.nights import lived
from mailwave.core.forecast.record_move import (
    CASES,
    NAMED_GRANTS,
    Result,
    planned,
    replayed,
)
from mailwave.core.forecast.summary import Ends, ends_of
from mailwave.core.record import ENDED, FIRST, SEEN

HEAD = (
    "case",
    "initial slots",
    "incremental slots",
    "GB/h a move",
    "last night",
    "weeks",
    "limit that binds",
    "used",
    "moved by 26 Nov 2020",
)
RUNS, SEED = 1000, 1


def results() -> list[Result]:
    """All cases, planned again."""
    return [replayed(case) for case in CASES]


def chance(runs: int = RUNS, seed: int = SEED) -> Ends:
    """When the case of the named grants ends by chance, at published rates and with failures."""
    load = planned(NAMED_GRANTS)
    return ends_of(load, lived(load, drawn(PUBLISHED, runs, seed, planned_rate=NAMED_GRANTS.rate)))


def rows(found: Sequence[Result]) -> list[tuple[str, ...]]:
    """A row a case, and the move itself at the end."""
    weeks = ((ENDED - FIRST).days + 1) / 7
    as_published = ("the move itself, as published", "not published", "not published", "not published")
    seen = f"{SEEN:.0%} of active users"
    return [
        *(_row(result) for result in found),
        (*as_published, f"{ENDED:%d %b %Y}", f"{weeks:.1f}", "not published", "", seen),
    ]


def _row(result: Result) -> tuple[str, ...]:
    case = result.case
    return (
        case.name,
        _slots(case.slots),
        _slots(case.increments),
        "any" if case.slots is None else f"{case.rate}",
        f"{result.last:%d %b %Y}",
        f"{result.weeks:.1f}",
        result.binding,
        f"{result.use:.0%}",
        f"{result.seen:.0%}",
    )


def _slots(slots: int | None) -> str:
    return "no limit" if slots is None else str(slots)


def markdown(found: Sequence[Result]) -> str:
    """The table as `docs/forecast.md` has it."""
    lines = [HEAD, ("---",) * len(HEAD), *rows(found)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
