"""Reading comma-separated text from anywhere without trust: encodings, line numbers, NULs, broken quoting.

Rows carry the number of the physical line they begin on, because that is what an editor shows, and a quoted line
break makes one row span several lines.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence

import msgspec

from mailwave.core.bad_rows import Faults

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)

LONGEST_CELL = 131_072
"""Characters. A quote that is never closed makes the rest of a file one cell: reading ends there."""


class Row(msgspec.Struct, frozen=True):
    """One row and the physical line, counted from 1, that it begins on."""

    line: int
    cells: tuple[str, ...]


def decode(file: str, data: bytes, faults: Faults) -> str | None:
    """The text of *data*: UTF-8, or what its byte order mark says. None, with a fault noted, when it is neither."""
    if data.startswith(_WIDE):
        faults.add(file, 1, "is UTF-32 text; save it as UTF-8")
        return None
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode(file, data[len(mark) :], encoding, faults)
    if b"\0" in data[:2]:
        faults.add(file, 1, "looks like UTF-16 and has no byte order mark; save it as UTF-8")
        return None
    return _decode(file, data, "utf-8", faults)


def _decode(file: str, data: bytes, encoding: str, faults: Faults) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(encoding, errors="replace")
        line = len(io.StringIO(before + "x", newline=None).readlines())
        like = "; it may be Windows-1252: save it as UTF-8" if encoding == "utf-8" else ""
        faults.add(file, line, f"is not {encoding.upper()} text (byte {error.start}){like}")
        return None


def rows(file: str, text: str, faults: Faults, *, first_line: int = 1) -> Iterator[Row]:
    """The rows of *text*, empty lines left out. A row with broken quoting or a NUL is noted and left out."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = first_line + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "limit" in str(error):
                what = f"a cell of over {LONGEST_CELL:,} characters, or a quote that is never closed"
                faults.add(file, line, f"has {what}")
                return  # what is a row and what is a cell is not known any more
            faults.add(file, line, f"has broken quoting ({error})")
            continue
        if any("\0" in cell for cell in cells):
            faults.add(file, line, "holds a NUL character")
        elif cells:
            yield Row(line, tuple(cells))


class NamedRow(msgspec.Struct, frozen=True):
    """The wanted cells of one row by column name, cleaned; a column that the file has not got is absent."""

    line: int
    cells: dict[str, str]


def named_rows(
    file: str, data: bytes, *, required: Sequence[str], optional: Sequence[str] = (), faults: Faults
) -> Iterator[NamedRow]:
    """The rows of a table with a header, as Export-Csv writes it, with or without its ``#TYPE`` line.

    Column names are compared without regard to case; columns that nobody wants are passed over. A file without a
    *required* column is noted once; so is each row with more or fewer cells than the header.
    """
    text = decode(file, data, faults)
    if text is None:
        return
    reader = _after_type_line(rows(file, text, faults))
    header = next(reader, None)
    if header is None:
        faults.add(file, 0, "is empty")
        return
    places = _places(file, header, required, optional, faults)
    for row in reader if places else ():
        if len(row.cells) != len(header.cells):
            faults.add(file, row.line, f"has {len(row.cells)} cells where the header has {len(header.cells)}")
        else:
            yield NamedRow(row.line, {name: clean(row.cells[place]) for name, place in places.items()})


def _after_type_line(reader: Iterator[Row]) -> Iterator[Row]:
    for n, row in enumerate(reader):
        if n > 0 or not row.cells[0].startswith("#TYPE"):
            yield row


def _places(
    file: str, header: Row, required: Sequence[str], optional: Sequence[str], faults: Faults
) -> dict[str, int]:
    names = [name.strip().casefold() for name in header.cells]
    missing = [name for name in required if name.casefold() not in names]
    wanted = [name for name in (*required, *optional) if name.casefold() in names]
    repeated = [name for name in wanted if names.count(name.casefold()) > 1]
    if missing:
        faults.add(file, header.line, f"has no column {', '.join(missing)}")
    if repeated:
        faults.add(file, header.line, f"has more than one column {', '.join(repeated)}")
    return {} if missing or repeated else {name: names.index(name.casefold()) for name in wanted}


def clean(cell: str) -> str:
    """*cell* in Unicode form C, without blanks at either end."""
    return unicodedata.normalize("NFC", cell).strip(" ")
