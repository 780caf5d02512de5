"""What the governor has set last, as the journal has it."""

from __future__ import annotations

from typing import NamedTuple

from mailwave.core.intents import Outcome
from mailwave.ports import Ledger
from mailwave.runbooks.wave.governing import ACT


class EndpointChange(NamedTuple):
    """The limits of *endpoint*, *migrations* and *increments*, as they were last set, and *why*.

    *copying* and *syncing* are the slots of each pool that were in use then.
    """

    endpoint: str
    migrations: int
    copying: int
    increments: int
    syncing: int
    why: str


def endpoint_changes(ledger: Ledger) -> list[EndpointChange]:
    """The last change of each endpoint, by its name; none where nothing was ever changed."""
    last = {act.subject: act.detail for act in ledger.intents(ACT) if act.outcome is Outcome.OK}
    return [
        EndpointChange(
            endpoint,
            int(detail["to"]["migrations"]),
            int(detail["in_use"]["migrations"]),
            int(detail["to"]["increments"]),
            int(detail["in_use"]["increments"]),
            str(detail["why"]),
        )
        for endpoint, detail in sorted(last.items())
    ]
