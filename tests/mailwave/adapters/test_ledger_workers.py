"""Leases of workers: whose token the ledger has writes, and nobody else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import Store
from mailwave.adapters.ledger_workers import BEAT_SECONDS, DEAD_SECONDS, Lease, Leased, TakenOver
from mailwave.core.refusals import JournalBroken
from tests.mailwave.builders import NOW, REASON


class Ticks:
    """Seconds that a test counts."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Machines:
    """Workers on machines of their own, on one ledger."""

    def __init__(self, url: str, opened: ExitStack) -> None:
        self.ticks = Ticks()
        self._url = url
        self._opened = opened

    def worker(self, name: str) -> tuple[Ledger, Lease]:
        store = Store(self._url)
        ledger = self._opened.enter_context(Ledger(store, lambda: NOW))
        return ledger, Lease(store, lambda: NOW, name, REASON, ticks=self.ticks)


@pytest.fixture
def machines(ledger_url: str) -> Iterator[Machines]:
    with ExitStack() as opened:
        yield Machines(ledger_url, opened)


def test_who_beats_keeps_its_work(machines: Machines) -> None:
    """It should take over nobody who beats, however long that is watched."""
    _, first = machines.worker("first")
    _, second = machines.worker("second")

    for _ in range(5):
        assert not second.take_over("first")
        machines.ticks.now += DEAD_SECONDS - 1
        first.beat()

    assert not second.take_over("first")


def test_who_is_silent_is_taken_over_and_writes_nothing_more(machines: Machines) -> None:
    """It should refuse every write of a worker after its work was taken over, in the transaction of the write."""
    slept, first = machines.worker("first")
    ledger, second = machines.worker("second")
    assert not second.take_over("first")
    machines.ticks.now += DEAD_SECONDS

    assert second.take_over("first")

    with pytest.raises(TakenOver, match="worker first was taken over"):
        slept.intent("batch.start", "one", {}, REASON)
    with pytest.raises(TakenOver):
        first.beat()
    assert [] == ledger.intents()
    ledger.intent("batch.start", "one", {}, REASON)
    ledger.verify_journal()


def test_only_one_of_two_takes_over(machines: Machines) -> None:
    """It should have one heir of a dead worker, and none once that is back."""
    machines.worker("first")
    _, second = machines.worker("second")
    _, third = machines.worker("third")
    assert [False, False] == [second.take_over("first"), third.take_over("first")]
    machines.ticks.now += DEAD_SECONDS

    assert [True, False] == [second.take_over("first"), third.take_over("first")]
    assert [True, False] == [second.take_over("first"), third.take_over("first")]

    machines.worker("first")
    assert [False, False] == [second.take_over("first"), third.take_over("first")]


def test_a_later_process_of_the_same_name_shuts_the_earlier_out(machines: Machines) -> None:
    """It should take a name from whoever had it before, so that two of one name never both write."""
    earlier, _ = machines.worker("first")
    later, _ = machines.worker("first")

    later.intent("batch.start", "one", {}, REASON)
    with pytest.raises(TakenOver):
        earlier.intent("batch.start", "two", {}, REASON)


class Outside:
    """Something that can be called."""

    name = "outside"

    def __init__(self) -> None:
        self.called = 0

    def act(self) -> None:
        self.called += 1


def test_who_wakes_asks_before_it_acts(machines: Machines) -> None:
    """It should look at the lease before an act outside when the last beat is too long ago, and not before each act."""
    _, first = machines.worker("first")
    _, second = machines.worker("second")
    outside = Outside()
    leased = Leased(outside, first)
    second.take_over("first")
    leased.act()
    machines.ticks.now += DEAD_SECONDS
    second.take_over("first")

    with pytest.raises(TakenOver):
        leased.act()

    assert (1, "outside") == (outside.called, leased.name)
    assert BEAT_SECONDS < DEAD_SECONDS


def test_a_lease_that_the_journal_does_not_have_is_found(machines: Machines) -> None:
    """It should not verify a ledger whose tokens were changed behind the journal."""
    from mailwave.adapters.ledger_store import put_meta

    ledger, _ = machines.worker("first")
    ledger.verify_journal()

    with ledger._store.write() as connection:
        put_meta(connection, "worker token other", "7")

    with pytest.raises(JournalBroken, match="leases of workers"):
        ledger.verify_journal()
