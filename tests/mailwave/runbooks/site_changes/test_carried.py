"""Plays that a change carries by name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mailwave.core.play_table import (
    BatchAct,
    Hosts,
    NoSuchPlay,
    NotThatKind,
    Play,
    PlayTable,
    Variable,
    VariablesWrong,
)
from mailwave.runbooks.site_changes.carried import carrying


def a_play(name: str, twin: str = "", **others: object) -> Play:
    """A play of the tenant."""
    return Play(name=name, title=name, hosts=Hosts.TENANT, changes=True, twin=twin, **others)  # type: ignore[arg-type]


TABLE = PlayTable(
    (
        a_play("12_roll", "13_look", prepares=True),
        a_play("61_lead", "62_led"),
        Play(name="62_led", title="Led", hosts=Hosts.TENANT, changes=False, twin="61_lead"),
        a_play("63_free"),
        a_play("70_say", variables={"colour": Variable("which colour")}),
        a_play("71_read", variables={"app": Variable("which", output="identity/app")}),
        a_play("50_start", batch=BatchAct.START),
    )
)


@pytest.mark.parametrize(
    ("asked", "carried"),
    [
        ((), ["12_roll"]),
        (("63", "lead"), ["61_lead", "63_free"]),
        (("71",), ["71_read"]),
    ],
)
def test_only_what_is_named_is_looked_at(asked: Sequence[str], carried: list[str]) -> None:
    """It should look at the plays named, in the table's order, and without any at those that prepare."""
    table = carrying(TABLE, asked)
    assert carried == [play.name for play in table.preparing]
    assert [play.name for play in TABLE.plays] == [play.name for play in table.plays]


@pytest.mark.parametrize(
    ("asked", "refusal", "why"),
    [
        ("99", NoSuchPlay, "there is no play '99'"),
        ("62", NotThatKind, "its partner is 61_lead"),
        ("50", NotThatKind, "is not one to carry in a change"),
        ("70", VariablesWrong, r"needs colour \(which colour\)"),
    ],
)
def test_what_a_change_cannot_carry_is_refused(asked: str, refusal: type[Exception], why: str) -> None:
    """It should refuse a play that reads, one of a batch, and one whose variables nobody would approve."""
    with pytest.raises(refusal, match=why):
        carrying(TABLE, ("63", asked))
