"""Whole tables into and out of each database: every text comes back as it was."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.adapters import ledger_bulk
from mailwave.adapters.ledger_bulk import as_copied
from mailwave.adapters.ledger_schema import organisations
from mailwave.adapters.ledger_store import Store

HARD = ("plain", "a\tb", "a\nb", "a\rb", "a\\b", "\\N", "\\.", "\\", 'a "quoted", one', "Ærø", "a;b")
COLUMNS = ("code", "name", "kind", "region", "icb", "postcode")


def test_hard_texts_come_back(ledger_url: str) -> None:
    """It should bring back tabs, line ends, backslashes, quotes and what stands for null or for the end of a copy."""
    rows = [(f"C{number}", text, "trust", "Y63", "", text, 1) for number, text in enumerate(HARD)]
    table = pl.DataFrame(rows, schema=[*COLUMNS, "planned"], orient="row")
    store = Store(ledger_url)
    with store.write() as connection:
        ledger_bulk.load(connection, organisations, table)
    with store.read() as connection:
        schema = {"code": pl.String(), "name": pl.String(), "postcode": pl.String()}
        found = ledger_bulk.read(connection, "SELECT code, name, postcode FROM organisations", schema)
    store.close()

    assert table.select("code", "name", "postcode").rows() == sorted(
        found.rows(), key=lambda row: int(row[0][1:])
    )


def unescaped(cell: str) -> str | None:
    """A cell of COPY's text as PostgreSQL's manual reads it."""
    if cell == "\\N":
        return None
    letters = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
    found, rest = "", iter(cell)
    for letter in rest:
        found += letters[next(rest)] if letter == "\\" else letter
    return found


@given(st.lists(st.tuples(*[st.none() | st.text("ab\t\n\r\\N.é\"'", max_size=5)] * 2), max_size=6))
def test_any_text_is_escaped(rows: list[tuple[str | None, str | None]]) -> None:
    """It should write a row a line and a cell between tabs, from which each text and each null can be told."""
    table = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")

    lines = as_copied(table).decode().split("\n")

    assert lines.pop() == ""
    assert rows == [tuple(map(unescaped, line.split("\t"))) for line in lines]


@pytest.mark.parametrize("text", ["plain", "a\tb"])
def test_numbers_and_nulls_stand_beside_texts(text: str) -> None:
    """It should write a number as it is and null as COPY has it, whether or not a text needs escaping."""
    table = pl.DataFrame({"a": [text, None], "n": [None, 7]}, schema={"a": pl.String, "n": pl.Int64})

    assert f"{text}\t\\N\n\\N\t7\n".replace("a\tb", "a\\tb").encode() == as_copied(table)
