"""What a local administrator may see: exactly their organisation, whatever is asked for."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.readiness.board import Blocking
from mailwave.core.readiness.scope import (
    EVERY,
    WHOLE,
    Administrator,
    NotTheirOrganisation,
    Part,
    Scope,
    scope_of,
    within,
)

ANNE = Administrator("anne", "RR8", "aa")
HOSTILE = ["RX1", "RR8 ", " RR8", "rr8", "Rr8", "", "RR", "RR88", "*", "%", "RR_", "RR8\0", "RR8\n", "RR8,RX1",
           "\uff32\uff32\uff18", "R\u200bR8", "\u0420\u04208", "RR8\u0301", "../RR8", "' OR 1=1", EVERY]  # fmt: skip
"""Codes that are not RR8, however they look."""


def lines(owners: list[str]) -> list[Blocking]:
    """A line of each of *owners*."""
    return [Blocking("tls-old", owner, n, "deferred", "a", "b") for n, owner in enumerate(owners)]


def test_without_asking_it_is_their_own() -> None:
    """It should bind an administrator to their organisation, and an operator to nothing."""
    assert Scope("RR8", "anne") == scope_of(ANNE, None) == scope_of(ANNE, "RR8")
    assert scope_of(ANNE, None).is_bound
    assert scope_of(None, None) == WHOLE
    assert not scope_of(None, "RX1").is_bound


def test_who_waives_for_any_organisation_is_not_bound() -> None:
    """It should let those look at any who may waive for any, and bind the others."""
    anybody = Administrator("cleo", EVERY, "bb", Part.WAIVES)

    assert Scope("RX1") == scope_of(anybody, "RX1")
    assert scope_of(Administrator("dora", "RX1", "cc", Part.WAIVES), None).is_bound


@given(st.sampled_from(HOSTILE) | st.text(max_size=8).filter(lambda text: text != "RR8"))
def test_no_other_code_is_theirs(asked: str) -> None:
    """It should refuse every code that is not theirs letter for letter, in one sentence with no control character."""
    with pytest.raises(NotTheirOrganisation) as refused:
        scope_of(ANNE, asked)

    assert not {"Cc", "Cf"} & {unicodedata.category(letter) for letter in str(refused.value)}


@given(st.lists(st.sampled_from(["RR8", *HOSTILE]), max_size=12))
def test_no_other_row_is_within(owners: list[str]) -> None:
    """It should show no row of an organisation whose code only looks like theirs."""
    rows = lines(owners)

    assert [row for row in rows if row.organisation == "RR8"] == within(rows, scope_of(ANNE, None))
    assert rows == within(rows, WHOLE)
