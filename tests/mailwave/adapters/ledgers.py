"""A ledger of a small estate, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from mailwave.adapters.ledger import Ledger
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.states import MailboxState, Transition
from tests.mailwave.builders import NOW, REASON, a_mailbox, a_right, a_shared_mailbox, an_organisation, guid

ORGANISATIONS = [an_organisation("RR8"), an_organisation("A81001", "THE DENSHAM SURGERY")]
MAILBOXES = [
    *(a_mailbox(n) for n in range(4)),
    a_mailbox(4, organisation="A81001", size_bytes=None),
    a_shared_mailbox(5),
]
PERMISSIONS = [a_right(5, 0), a_right(5, 1, "SendAs")]


class TestClock:
    """Time stands still until the test moves it."""

    __test__ = False

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        """The present moment."""
        return self.time

    def pass_(self, time: timedelta) -> None:
        """Let *time* pass."""
        self.time += time


def an_empty_ledger(place: str | Path, clock: TestClock | None = None) -> Ledger:
    """A ledger of nothing; *place* is a database's address, or a folder for a file."""
    url = place if isinstance(place, str) else f"sqlite:///{place / 'ledger.db'}"
    ledger = Ledger.open(url, (clock or TestClock()).now)
    _OPENED.append(ledger)
    return ledger


_OPENED: list[Ledger] = []


@pytest.fixture(autouse=True)
def closed_ledgers() -> Iterator[None]:
    """Close every ledger that a test opened; import this where ledgers are used."""
    yield
    while _OPENED:
        _OPENED.pop().close()


def a_ledger(place: str | Path, clock: TestClock | None = None) -> Ledger:
    """A ledger of the small estate, everybody waiting."""
    ledger = an_empty_ledger(place, clock)
    ledger.import_estate(ORGANISATIONS, MAILBOXES, PERMISSIONS, REASON)
    return ledger


def a_plan(*members: int, night: int = 15) -> Plan:
    """One wave with two batches of the mailboxes with those numbers."""
    start = datetime.combine(date(2026, 9, night), NOW.timetz()).replace(hour=19)
    half = len(members) // 2
    batches = tuple(
        Batch(f"test-{night}-{n}", "leeds", tuple(guid(member) for member in some))
        for n, some in enumerate((members[:half], members[half:]))
    )
    return Plan((Wave(f"W{night}", start.date(), start, start + timedelta(hours=10), batches),))


def step(n: int, *to: MailboxState) -> list[Transition]:
    """One step a state for mailbox number *n*."""
    return [Transition(guid(n), state, f"became {state}") for state in to]
