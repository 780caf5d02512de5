"""Within what endpoints are governed: a stack's bounds, and what was granted."""

from __future__ import annotations

from datetime import date

import pytest

from mailwave import rules
from mailwave.core.governor.readings import Bounds, Range
from mailwave.core.placement.granted import Grant, Granted
from mailwave.wiring import Settings
from mailwave.wiring.governing import bounds, declared, usual
from tests.mailwave.rehearsed.operator import ESTATE

TODAY = date(2026, 9, 15)


def granted(**limits: Grant) -> Granted:
    """What was granted in the rehearsal, with other figures of *limits*."""
    found = Settings.load("rehearsal").limits
    usually = rules.granted(found, ESTATE)
    return Granted(
        "test", {**usually.limits, **limits}, usually.places, usually.batch_size, usually.notice_days
    )


STACK = {
    "leeds": {
        "migrations": {"minimum": 20, "maximum": 90},
        "incremental_syncs": {"minimum": 5, "maximum": 30},
    }
}


def test_both_have_their_say() -> None:
    """It should allow what the stack does and no more than was granted; where no stack says anything, from one up."""
    found = bounds(STACK, granted(), TODAY)

    assert Bounds(Range(20, 90), Range(5, 20)) == found["leeds"]
    assert Bounds(Range(1, 100), Range(1, 20)) == found["bristol"]


def test_a_grant_that_lapsed_grants_nothing_more() -> None:
    """It should fall back to the published figure after a grant's last day."""
    lapsed = granted(concurrent_moves=Grant(80, 60, TODAY))

    assert Range(20, 80) == bounds(STACK, lapsed, TODAY)["leeds"].migrations
    assert Range(20, 60) == bounds(STACK, lapsed, date(2026, 9, 16))["leeds"].migrations


def test_the_usual_pace_is_of_the_limits() -> None:
    """It should take a move's bytes a minute from its bytes an hour."""
    assert 11_000_000 == usual(granted(), TODAY)


def test_without_an_engine_the_limits_bound_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It should say so and go on where this machine has no engine."""
    monkeypatch.setenv("PATH", "")
    said: list[str] = []

    assert {} == declared(Settings.load("rehearsal"), said.append)
    assert 1 == len(said)
    assert "within the limits file alone" in said[0]
