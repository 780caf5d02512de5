"""What polls see of mailboxes in flight, packed in pages, in each database."""

import json
from datetime import timedelta

import pytest

from mailwave.adapters import ledger_progress
from mailwave.adapters.ledger import Ledger
from mailwave.core.progress import Sighting
from mailwave.core.refusals import JournalBroken
from mailwave.core.states import MailboxState
from tests.mailwave.adapters.ledgers import TestClock, a_ledger, an_empty_ledger, step
from tests.mailwave.builders import NOW, REASON, guid

S = MailboxState
LATER = timedelta(minutes=10)


@pytest.fixture
def clock() -> TestClock:
    """Time that the test moves."""
    return TestClock()


@pytest.fixture
def ledger(ledger_url: str, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger with five mailboxes in flight, on three pages; which the first is, the database says."""
    monkeypatch.setattr(ledger_progress, "PAGE", 2)
    ledger = a_ledger(ledger_url, clock)
    for n in range(5):
        ledger.move_state(step(n, S.SYNCING), REASON)
    return ledger


def polled(ledger: Ledger, percent: int, *numbers: int, stall: str = "") -> None:
    """See the mailboxes with *numbers*."""
    ledger.record_poll([Sighting(guid(n), "Syncing", percent, stall=stall) for n in numbers], [], REASON)


def shown(ledger: Ledger) -> list[tuple[int | None, object]]:
    """What is kept of each mailbox in flight: percent, and when after the first moment."""
    return [(flight.percent, flight.seen and flight.seen - NOW) for flight in ledger.flights()]


def pages(ledger: Ledger) -> dict[int, str]:
    """The pages as they are kept, and what they count."""
    with ledger._store.read() as connection:
        assert [] == ledger_progress.astray(connection)
        return dict(connection.exec_driver_sql("SELECT page, stalls FROM progress").all())


def test_a_poll_of_some_keeps_what_was_seen_of_the_others(ledger: Ledger, clock: TestClock) -> None:
    """It should keep, of each, what was seen last and when, though a page holds some that this poll did not see."""
    polled(ledger, 10, 0, 1, 2, 3, 4, stall="Stalled")
    clock.pass_(LATER)
    polled(ledger, 20, 1, 4)

    old, new = (10, timedelta()), (20, LATER)
    assert [old, new, old, old, new] == shown(ledger)
    assert {"Stalled": 3} == ledger.dashboard().stalls


def test_who_lands_leaves_the_page(ledger: Ledger) -> None:
    """It should forget who has landed, also as one who holds up, and keep no page without anybody."""
    polled(ledger, 10, 0, 1, 2, 3, 4, stall="Stalled")
    ledger.move_state([*step(0, S.FAILED), *step(1, S.FAILED), *step(2, S.FAILED)], REASON)

    assert 2 == sum(json.loads(counted)["Stalled"] for counted in pages(ledger).values())
    assert {"Stalled": 2} == ledger.dashboard().stalls
    ledger.move_state(step(3, S.FAILED), REASON)
    ledger.move_state(step(4, S.FAILED), REASON)
    assert {} == pages(ledger)


def test_a_poll_rests_on_nobody_s_memory(ledger: Ledger, ledger_url: str) -> None:
    """It should note for who is in flight now, though another process let some land and others take off."""
    polled(ledger, 10, 0, 1, 2, 3, 4)
    other = an_empty_ledger(ledger_url)
    other.move_state(step(4, S.FAILED), REASON)
    other.move_state(step(5, S.SYNCING), REASON)
    polled(ledger, 20, 0, 1, 2, 3, 4, 5)

    assert [(20, timedelta())] * 5 == shown(ledger)
    assert guid(4) not in {flight.guid for flight in ledger.flights()}
    pages(ledger)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE progress SET stalls = '{{\"Stalled\":1}}' WHERE page = {first}",
        "UPDATE progress SET figures = (SELECT figures FROM progress WHERE page = {first} + 1) WHERE page = {first}",
    ],
)
def test_pages_are_proved_with_the_journal(ledger: Ledger, change: str) -> None:
    """It should find a page that counts wrong, or that holds somebody who is not of it."""
    polled(ledger, 10, 0, 1, 2, 3, 4)
    ledger.verify_journal()
    first = min(pages(ledger))
    with ledger._store.write() as connection:
        connection.exec_driver_sql(change.format(first=first))

    with pytest.raises(JournalBroken, match="figures in flight"):
        ledger.verify_journal()


def test_a_page_with_somebody_on_the_ground_is_found(ledger: Ledger) -> None:
    """It should find the page of a mailbox that is in flight no more."""
    polled(ledger, 10, 0, 1, 2, 3, 4)
    with ledger._store.write() as connection:
        slot = connection.exec_driver_sql("SELECT max(slot) FROM in_flight").scalar_one()
        connection.exec_driver_sql(f"DELETE FROM in_flight WHERE slot = {slot}")
        assert [slot // ledger_progress.PAGE] == ledger_progress.astray(connection)
