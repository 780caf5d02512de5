"""Texts of a whole estate in columns, held to the rules of rows."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.bad_rows import BadRow, BadRows, Faults
from mailwave.core.hostile import harm
from mailwave.core.vetting import vet


def refused(**columns: list[str]) -> list[BadRow]:
    """The bad rows of a table of *columns*."""
    faults = Faults()
    vet("m.parquet", pl.DataFrame(columns), tuple(name for name in columns if name != "address"), faults)
    try:
        faults.refuse_if_any()
    except BadRows as error:
        return list(error.rows)
    return []


def test_plain_texts_are_taken() -> None:
    """It should take names with foreign letters, ampersands and brackets, as people have them."""
    names = ["Siân Ó Briain", "Ear, Nose & Throat", "SMITH, John (RR8)", "O'Neill-Jones", "Labor [2]"]
    assert [] == refused(display_name=names, address=[f"p{n}@nhs.example" for n in range(5)])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("j\u043ehn@nhs.example", "CYRILLIC SMALL LETTER O"),
        ("john@xn--nhs-6fg.example", "disguised domain label"),
        ("nobody", "where its address belongs"),
        ("a@b.example\n", "where its address belongs"),
    ],
)
def test_an_address_is_ascii_and_whole(address: str, said: str) -> None:
    """It should name the row and the letter of an address that is none."""
    (bad,) = refused(address=["a@nhs.example", address])
    assert 2 == bad.line
    assert said in bad.reason


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8), min_size=1, max_size=8
    )
)
def test_columns_refuse_what_rows_refuse(names: list[str]) -> None:
    """It should find the same bad texts, for the same reasons, as looking at each would."""
    expected = [
        BadRow("m.parquet", row, problem)
        for row, name in enumerate(names, 1)
        if (problem := harm("name", name))
    ]
    assert expected == refused(name=names)


def test_a_column_of_bad_texts_is_one_mistake() -> None:
    """It should not look at a million of them to show fifty."""
    assert 50 == len(refused(name=["=1"] * 100_000))
