"""Reports with something of everything, for those who write them out."""

from __future__ import annotations

from datetime import UTC, date, datetime

from mailwave.core.reports.document import (
    Column,
    Document,
    Figure,
    Kind,
    Section,
    Tone,
    Valued,
    Verdict,
)

HOSTILE = ("=1+1", "+44 113 243", "-2", "@SUM(A1)", "<script>alert(1)</script>", "http://evil.example/", "42")
"""Names that a spreadsheet or a browser could take for more than the text that they are."""

AT = datetime(2026, 9, 17, 8, 30, tzinfo=UTC)
COLUMNS = tuple(Column(kind.value, kind) for kind in Kind)
ROWS = tuple((name, 12_345, 9_876_543_210, 0.0225, 11.2, date(2026, 9, 15), AT) for name in HOSTILE)


def a_report(*, rows: int = 1) -> Document:
    """A report whose first table has every kind of cell, and whose last has nothing."""
    sections = (
        Section("Every kind", "What there is.", COLUMNS, (*ROWS * rows, (None,) * len(COLUMNS))),
        Section(
            "Beside",
            "",
            (Column("figure", Kind.TEXT), Column("here", Kind.TEXT)),
            (("moved", Valued(2_091_492, Kind.COUNT)), ("share", Valued(None, Kind.SHARE))),
        ),
        Section("Open", "Nothing is.", (Column("what", Kind.TEXT),), ()),
    )
    figures = (
        Figure("planned", 2_100_000),
        Figure("moved", 2_283_654_113_573_649, Kind.BYTES, Tone.GOOD),
        Figure("failed", 7, tone=Tone.BAD),
        Figure("days before the deadline", None),
    )
    verdict = Verdict("Missed", f"By one <b>mailbox</b>, {HOSTILE[4]}.", Tone.BAD)
    return Document("The programme", HOSTILE[0], "rehearsal", AT, verdict, figures, sections)
