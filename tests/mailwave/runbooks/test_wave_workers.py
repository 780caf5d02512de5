"""Workers that share one PostgreSQL: a dead one is taken over, and the campaign ends as if it had lived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailwave.adapters.durable import Dbos, Scratch
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import Store
from mailwave.adapters.ledger_workers import TAKE, Lease
from tests.databases import Pool
from tests.mailwave.rehearsed.boundary import Boundary, Guarded, Killed
from tests.mailwave.rehearsed.crashes import clean_run
from tests.mailwave.rehearsed.invariants import end_state, problems
from tests.mailwave.rehearsed.operator import LEDGER_WRITES, REASON, Operator
from tests.mailwave.rehearsed.services import Services

IN_THE_MIDDLE = 900
"""A boundary at which some waves are under way and others have not begun."""


@dataclass
class Worker(Operator):
    """A worker called *name*, who counts seconds by the services' clock."""

    url: str = ""
    name: str = ""

    @contextmanager
    def ledger(self) -> Iterator[Any]:
        """The ledger that all share, with this worker's lease."""
        store = Store(self.url)
        clock = self.services.clock
        with Ledger(store, self.clock.now) as ledger:
            lease = Lease(store, self.clock.now, self.name, REASON, ticks=lambda: clock.now.timestamp())  # noqa: PLW0108  it moves
            self.durably = Dbos(Scratch(self.url, self.name), lease)
            yield Guarded(ledger, LEDGER_WRITES, self.boundary)


@pytest.mark.crash
def test_a_dead_worker_is_taken_over_and_nothing_is_lost_or_doubled(databases: Pool, tmp_path: Path) -> None:
    """It should keep every invariant and end like a clean run when another worker ends what a killed one began."""
    services, url = Services(), databases.server.url(databases.lend())
    first = Worker(services, tmp_path, Boundary(IN_THE_MIDDLE), url=url, name="first")
    with pytest.raises(Killed):
        first.everything()
    second = Worker(services, tmp_path, url=url, name="second")

    second.everything()

    assert [] == problems(second)
    assert clean_run()[0] == end_state(second)
    with second.ledger() as ledger:
        taken = {
            entry.detail["worker"]
            for entry in ledger.journal()
            if entry.act == TAKE and entry.detail["holder"] == "second"
        }
    assert {"first", "second"} == taken
