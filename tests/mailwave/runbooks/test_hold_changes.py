"""Two operators, a kill between, and somebody who never comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from change_control.contents import canonical
from mailwave.adapters.claims import FolderClaims
from mailwave.adapters.ledger import Ledger
from mailwave.ports.changes import Claims
from mailwave.runbooks.hold_changes import (
    LOCK,
    UNLOCK,
    ChangeHeld,
    Holder,
    NobodyHolds,
    UnlockChanges,
    holding,
)
from tests.mailwave.builders import REASON

HERE = Holder("a.person", "place one", "2026-11-24T18:00:00+00:00")
THERE = Holder("another", "place two", "2026-11-24T19:00:00+00:00")


@pytest.fixture
def claims(tmp_path: Path) -> Claims:
    """Nothing is taken yet."""
    return FolderClaims(tmp_path / "state")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db", lambda: datetime(2026, 11, 24, tzinfo=UTC)) as opened:
        yield opened


def test_one_operator_at_a_time(claims: Claims) -> None:
    """It should refuse a second operator by the first one's name, and let them in when the first is done."""
    with (
        holding(claims, HERE),
        pytest.raises(ChangeHeld, match=r"a\.person has been making a change since 2026-11-24T18") as refused,
        holding(claims, THERE),
    ):
        pytest.fail("both were let in")
    assert claims.where == refused.value.where
    with holding(claims, THERE):
        assert claims.held(LOCK)
    assert b"" == claims.held(LOCK)


def test_what_a_killed_run_left_is_taken_over(claims: Claims) -> None:
    """It should go on where the same place has left a lock, which only a kill does, and give it back after an error."""
    killed = Holder(HERE.who, HERE.place, "2026-11-24T17:00:00+00:00")
    claims.take(LOCK, canonical(killed))
    with suppress(KeyError), holding(claims, HERE):
        assert HERE.since.encode() in claims.held(LOCK)
        raise KeyError
    assert b"" == claims.held(LOCK)


def test_who_is_gone_loses_it(claims: Claims, ledger: Ledger) -> None:
    """It should say who holds it, take it from them with a reason in the journal, and say when nobody does."""
    runbook = UnlockChanges(claims, ledger, REASON)
    with pytest.raises(NobodyHolds, match=r"there is no .*/lock"):
        runbook.prepare()
    claims.take(LOCK, canonical(THERE))
    assert THERE == runbook.prepare()
    runbook.run(THERE)
    (done,) = ledger.intents(UNLOCK)
    assert ("another", "ok") == (done.detail["who"], done.outcome)
    with holding(claims, HERE):
        assert HERE == runbook.prepare()


def test_nobody_loses_what_they_took_meanwhile(claims: Claims, ledger: Ledger) -> None:
    """It should take the lock from nobody but whom it was asked for, nor give back one that is another's by now."""
    with holding(claims, HERE):
        claims.give_back(LOCK)
        claims.take(LOCK, canonical(THERE))
        with pytest.raises(ChangeHeld, match="another has been making"):
            UnlockChanges(claims, ledger, REASON).run(HERE)
    assert (canonical(THERE), []) == (claims.held(LOCK), ledger.intents(UNLOCK))
