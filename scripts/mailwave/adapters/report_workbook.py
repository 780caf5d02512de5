"""A report as a workbook (Office Open XML), a sheet a table: numbers are numbers, days are days, and text stays text.

Nothing that came from data is ever a formula, a link or a number: a name that begins with = + - or @ is written as the
text that it is, by `write_string` alone. Moments are in UTC, as a workbook knows no zones.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from mailwave.core.reports.document import Cell, Column, Document, Kind, Plain, Section, Valued

FORMATS: Mapping[Kind, str] = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.BYTES: "#,##0",
    Kind.SHARE: "0.00%",
    Kind.MONEY: "#,##0.00",
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
}
"""How a spreadsheet shows each kind."""

_FRONT = "Report"
_WIDEST = 60
_CELL = 32_767
"""The most letters that a cell holds."""
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot hold."""


def workbook(report: Document) -> bytes:
    """*report* as the bytes of an .xlsx file, the same for the same report."""
    file = io.BytesIO()
    book = Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {"title": report.title, "subject": report.subject, "created": report.at.replace(tzinfo=None)}
    )
    formats = {
        kind: book.add_format({"num_format": shape, "valign": "top"}) for kind, shape in FORMATS.items()
    }
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    _front(book.add_worksheet(_FRONT), report, formats, bold)
    for section in report.sections:
        _sheet(book.add_worksheet(section.title), section, formats, bold)
    book.close()
    return file.getvalue()


def _front(sheet: Worksheet, report: Document, formats: Mapping[Kind, Format], bold: Format) -> None:
    """Verdict and figures."""
    rows: list[tuple[str, Plain, Kind]] = [
        ("report", report.title, Kind.TEXT),
        ("on", report.subject, Kind.TEXT),
        ("environment", report.environment, Kind.TEXT),
        ("as of (UTC)", report.at, Kind.MOMENT),
        ("verdict", report.verdict.word, Kind.TEXT),
        ("in words", report.verdict.sentence, Kind.TEXT),
        *(
            (f"{each.name} (bytes)" if each.kind is Kind.BYTES else each.name, each.value, each.kind)
            for each in report.figures
        ),
    ]
    for row, (name, value, kind) in enumerate(rows):
        _write(sheet, row, 0, name, bold)
        _write(sheet, row, 1, value, formats[kind])
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, _WIDEST)


def _sheet(sheet: Worksheet, section: Section, formats: Mapping[Kind, Format], bold: Format) -> None:
    """One table, its head frozen and filtered."""
    for place, column in enumerate(section.columns):
        _write(sheet, 0, place, column.name, bold)
        for row, cells in enumerate(section.rows, start=1):
            value, kind = _typed(cells[place], column)
            _write(sheet, row, place, value, formats[kind])
        sheet.set_column(place, place, _width(section, place, column))
    sheet.freeze_panes(1, 1)
    if section.rows:
        sheet.autofilter(0, 0, len(section.rows), len(section.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _typed(cell: Cell, column: Column) -> Valued:
    """What a cell of *column* holds, and of which kind that is."""
    return cell if isinstance(cell, Valued) else Valued(cell, column.kind)


def _width(section: Section, place: int, column: Column) -> int:
    texts = (len(str(cells[place])) for cells in section.rows[:200])
    return min(max([len(column.name), 11, *texts]) + 2, _WIDEST)


def _write(sheet: Worksheet, row: int, place: int, value: Plain, shape: Format) -> None:
    """One cell by its type; what nobody knows stays empty."""
    if value is None:
        sheet.write_blank(row, place, None, shape)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, place, value.astimezone(UTC).replace(tzinfo=None), shape)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), shape)  # noqa: DTZ001  a day
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value, shape)
    else:
        sheet.write_string(row, place, _ILLEGAL.sub("\ufffd", value)[:_CELL], shape)
