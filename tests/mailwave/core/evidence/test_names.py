"""Names of objects: each is read as it was made, and nothing else is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.evidence import names
from mailwave.core.evidence.names import Kind, Name


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: names.segment(1, 20, b"x"), (Kind.SEGMENT, 1, 20)),
        (lambda: names.checkpoint(20, b"x"), (Kind.CHECKPOINT, 0, 20)),
        (lambda: names.artifact(b"x"), (Kind.ARTIFACT, 0, 0)),
        (lambda: names.statement(7), (Kind.STATEMENT, 0, 7)),
    ],
)
def test_what_was_made_is_read(make: Callable[[], str], expected: tuple[Kind, int, int]) -> None:
    """It should take each name apart into what it was made of."""
    found = names.read(make())
    assert found is not None
    assert expected == (found.kind, found.first, found.last)
    assert found.digest == ("" if found.kind is Kind.STATEMENT else names.hexed(b"x"))


@given(st.text(max_size=30))
def test_nothing_else_is_a_name(text: str) -> None:
    """It should read no text that is not exactly a name."""
    assert names.read(text) is None
    assert names.read(names.statement(1) + text) is None or not text


@pytest.mark.parametrize("number", [0, -1, 10**12])
def test_numbers_that_no_statement_has(number: int) -> None:
    """It should number statements from 1, in twelve digits."""
    with pytest.raises(ValueError, match="no statement"):
        names.statement(number)


def test_order_is_order() -> None:
    """It should sort names as it sorts what they number."""
    made = [names.segment(n, n, b"") for n in (1, 9, 10, 11, 100)]
    assert made == sorted(made)
    assert isinstance(names.read(made[0]), Name)
