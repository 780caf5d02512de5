"""Guids of a column looked at as numbers: nothing that a look at the texts would find is missed."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.readiness.guids import Looked, look_at_guids

GUID = "01234567-89ab-cdef-0123-456789abcdef"
SOUND = Looked(may_be_wrong=False, may_repeat=False)
LETTERS = "0123456789abcdef-/:`gGA\x00\u00e9"


def test_guids_that_differ_are_sound() -> None:
    """It should say of thousands of different guids that all is well, of one and of none too."""
    many = [f"{n:08x}-89ab-cdef-0123-456789abcdef" for n in range(20_000)]

    assert [SOUND] * 3 == [look_at_guids(pl.Series(texts, dtype=pl.String)) for texts in (many, [GUID], [])]


@pytest.mark.parametrize("at", [0, 8_191, 8_192, 19_999])
def test_one_twice_is_seen_wherever_it_stands(at: int) -> None:
    """It should see the one guid that stands there twice, among many and far apart."""
    many = [f"{n:08x}-89ab-cdef-0123-456789abcdef" for n in range(20_000)]
    many[at] = many[10_000]

    assert look_at_guids(pl.Series(many)).may_repeat


def test_guids_that_are_alike_at_both_ends_may_repeat_only() -> None:
    """It should take two that differ in the middle only for ones that may be the same, never for wrong."""
    assert Looked(may_be_wrong=False, may_repeat=True) == look_at_guids(
        pl.Series([GUID, GUID.replace("cdef-0123", "cdef-0124")])
    )


@given(st.integers(0, 35), st.sampled_from(LETTERS))
def test_it_agrees_with_the_expression(at: int, letter: str) -> None:
    """It should find exactly those wrong that the regular expression does, whatever stands in whichever place."""
    text = GUID[:at] + letter + GUID[at + 1 :]
    is_wrong = re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is None

    assert is_wrong == look_at_guids(pl.Series([GUID, text])).may_be_wrong


@pytest.mark.parametrize("text", [None, "", GUID[1:], GUID + "0"])
def test_what_has_no_36_characters_is_wrong(text: str | None) -> None:
    """It should not take a text that is too short, too long or not there."""
    assert look_at_guids(pl.Series([GUID, text], dtype=pl.String)).may_be_wrong


@pytest.mark.parametrize("at", [8, 13, 18, 23])
def test_only_a_dash_is_a_dash(at: int) -> None:
    """It should take no neighbour of the dash for one, which the numbers would."""
    found = [
        look_at_guids(pl.Series([GUID[:at] + letter + GUID[at + 1 :]])).may_be_wrong for letter in ",./0"
    ]

    assert [True] * 4 == found
