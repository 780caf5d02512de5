"""When the endpoints are governed, and by what work: one course for the whole tenant, whoever has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailwave.core.governor.costs import SAMPLED
from mailwave.core.moves import STATES
from mailwave.core.overview import Night
from mailwave.core.progress import Flight
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger
from mailwave.ports.endpoints import Flights
from mailwave.runbooks.acting import close_cut_off
from mailwave.runbooks.wave.governing import ACT, EndpointKeeper, Work

GOVERNOR = "governor"
"""The id of its course: of one id there is one course, and one worker has it."""

IN_A_WINDOW = timedelta(minutes=5)
"""Between readings while a wave's window is open."""

OUTSIDE = timedelta(hours=3)
"""Between readings else: copies have two weeks, in which readings every five minutes would cost more than the moves."""

AT_WORK = frozenset({"Syncing", "IncrementalSyncing", "Completing", "CompletionSynced"})
"""What the service calls users whose moves hold a slot (fact B27)."""


@dataclass
class Governing:
    """Governs by what *flights* shows, behind the endpoint of each site of *endpoints*.

    *made* makes the keeper, at the first reading: only who governs reads what a stack allows.
    """

    clock: Clock
    ledger: Ledger
    flights: Flights
    endpoints: Mapping[str, str]
    made: Callable[[], EndpointKeeper]
    _keeper: EndpointKeeper | None = field(default=None, init=False)

    def turn(self) -> datetime:
        """Govern as of now, and return when to do it again."""
        if self._keeper is None:
            close_cut_off(self.ledger, ACT)
            self._keeper = self.made()
        work = work_of(self.flights.flights(), self.endpoints)
        if work:
            self._keeper.govern(work)
        return due_after(self.clock.now(), self.ledger.nights())


def due_after(now: datetime, nights: Sequence[Night]) -> datetime:
    """When the endpoints are to be read again after *now*: at once when a window opens, often while it is open."""
    if any(night.start <= now < night.end for night in nights):
        return now + IN_A_WINDOW
    return min([now + OUTSIDE, *(night.start for night in nights if night.start > now)])


def work_of(flights: Iterable[Flight], endpoints: Mapping[str, str]) -> dict[str, Work]:
    """What is to be done through each endpoint that has anything to do; what has failed is not waiting."""
    behind: dict[str, list[Flight]] = {}
    for flight in flights:
        if flight.site in endpoints and (not flight.status or flight.status in STATES):
            behind.setdefault(endpoints[flight.site], []).append(flight)
    return {endpoint: _work(its) for endpoint, its in behind.items()}


def _work(its: Sequence[Flight]) -> Work:
    syncing = [flight for flight in its if flight.state is MailboxState.SYNCING]
    copies = [
        each for each in syncing if STATES.get(each.status, each.state) is each.state
    ]  # no consent awaited
    due = [flight for flight in its if flight.state is MailboxState.COMPLETING]
    left = float(sum(flight.size_bytes for flight in [*copies, *due]))
    run = [flight.guid for flight in its if flight.status in AT_WORK]
    others = [flight.guid for flight in [*due, *copies] if flight.status not in AT_WORK]
    return Work([*_spread(run), *_spread(others)], len(copies), len(due), left)


def _spread(guids: Sequence[str]) -> Sequence[str]:
    """So many of *guids* as may be sampled, from the first to the last."""
    return guids[:: max(1, len(guids) // SAMPLED)][:SAMPLED]
