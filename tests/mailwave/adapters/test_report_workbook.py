"""A report as a workbook, opened with another library than the one that wrote it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest

from mailwave.adapters.report_workbook import workbook
from mailwave.core.reports.document import Column, Document, Kind, Section, Tone, Verdict
from tests.mailwave.adapters.reports import AT, HOSTILE, ROWS, a_report


@pytest.fixture(scope="module")
def made() -> bytes:
    """The workbook of a report that has something of everything."""
    return workbook(a_report())


def opened(made: bytes) -> openpyxl.Workbook:
    """It, as openpyxl reads it: formulas as formulas, not as their values."""
    return openpyxl.load_workbook(io.BytesIO(made), data_only=False)


def test_cells_have_the_types_of_what_they_hold(made: bytes) -> None:
    """It should hold numbers as numbers, days and moments as dates, and names as text; what nobody knows is empty."""
    sheet = opened(made)["Every kind"]
    rows = list(sheet.iter_rows(min_row=2))
    types = [[cell.data_type for cell in row] for row in rows[:-1]]

    assert [["s", "n", "n", "n", "n", "d", "d"]] * len(ROWS) == types
    assert [12_345, 9_876_543_210, 0.0225, 11.2] == [cell.value for cell in rows[0][1:5]]
    midnight = datetime(2026, 9, 15, tzinfo=UTC).replace(tzinfo=None)  # a workbook knows no zones
    assert [midnight, AT.replace(tzinfo=None)] == [cell.value for cell in rows[0][5:]]
    assert [None] * 7 == [cell.value for cell in rows[-1]]
    assert ["@", "#,##0", "#,##0", "0.00%", "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"] == [
        cell.number_format for cell in rows[0]
    ]


def test_a_cell_may_have_a_kind_of_its_own(made: bytes) -> None:
    """It should hold a number as a number in a column of words, too."""
    cell = opened(made)["Beside"]["B2"]
    assert ("n", 2_091_492, "#,##0") == (cell.data_type, cell.value, cell.number_format)


def test_no_name_is_a_formula(made: bytes) -> None:
    """It should hold text that begins with = + - or @, a link and a number in words as the text that they are."""
    sheet = opened(made)["Every kind"]
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(HOSTILE))]
    assert list(HOSTILE) == [cell.value for cell in cells]
    assert {"s"} == {cell.data_type for cell in cells}
    assert [None] * len(cells) == [cell.hyperlink for cell in cells]


def test_the_file_holds_no_formula_and_no_link(made: bytes) -> None:
    """It should have no element of a formula, no relation to another host and no macro anywhere in the archive."""
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    sheets = [data for name, data in content.items() if name.startswith("xl/worksheets/")]
    assert not any(re.search(rb"<f[ >]", data) for data in sheets)
    assert not any(b'TargetMode="External"' in data for data in content.values())
    assert not any("vba" in name.lower() for name in content)


def test_the_front_says_what_it_is(made: bytes) -> None:
    """It should begin with the verdict and the figures, and have a sheet for each table, one without rows too."""
    book = opened(made)
    front = {row[0].value: row[1].value for row in book["Report"].iter_rows()}
    assert ["Report", "Every kind", "Beside", "Open"] == book.sheetnames
    assert ("The programme", "=1+1", "Missed", 2_100_000) == tuple(
        front[name] for name in ("report", "on", "verdict", "planned")
    )
    assert 2_283_654_113_573_649 == front["moved (bytes)"]
    assert front["days before the deadline"] is None


def test_the_same_report_is_the_same_file(made: bytes) -> None:
    """It should hold nothing of when or where it was written."""
    assert made == workbook(a_report())


def test_what_no_workbook_can_hold_is_replaced() -> None:
    """It should replace characters that XML cannot hold, and cut a text at what a cell can."""
    rows = (("a\x00b\x1fc\ud800d",), ("x" * 40_000,))
    section = Section("Names", "", (Column("name", Kind.TEXT),), rows)
    report = Document("t", "s", "rehearsal", AT, Verdict("w", "s", Tone.PLAIN), (), (section,))
    sheet = opened(workbook(report))["Names"]
    assert ("a\ufffdb\ufffdc\ufffdd", 32_767) == (sheet["A2"].value, len(str(sheet["A3"].value)))
