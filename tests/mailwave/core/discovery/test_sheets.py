"""Tables that a spreadsheet shows and does not run."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.discovery.sheets import harmless
from mailwave.core.hostile import has_control, hidden, is_formula


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Anna O'Brien", "Anna O'Brien"),
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("\t=1", "' =1"),
        ("\uff1d1", "'\uff1d1"),
        ("-5", "'-5"),
        ("\x1f=1", "' =1"),
        ("a=1", "a=1"),
        ("\u202etxt", " txt"),
        ("two\r\nlines", "two  lines"),
        ("", ""),
        (None, None),
    ],
)
def test_a_cell_is_shown(cell: str | None, expected: str | None) -> None:
    """It should put an apostrophe before what would be run, and a blank for what nobody sees."""
    assert expected == harmless(pl.DataFrame({"x": [cell]}, schema={"x": pl.String}))["x"][0]


def test_lists_become_texts_and_numbers_stay() -> None:
    """It should join lists, and leave what is no text as it is."""
    frame = pl.DataFrame(
        {"all": [["=a", "b"], None], "n": [-1, 2]}, schema={"all": pl.List(pl.String), "n": pl.Int64}
    )
    assert [("'=a;b", -1), (None, 2)] == harmless(frame).rows()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_is_run(cell: str) -> None:
    """It should leave nothing that this program itself would refuse as a formula, or that nobody sees."""
    shown = harmless(pl.DataFrame({"x": [cell]}))["x"][0]
    assert not is_formula(shown)
    assert not has_control(shown)
    assert "" == hidden(shown)
