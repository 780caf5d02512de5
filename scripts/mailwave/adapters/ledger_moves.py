"""What a ledger does for a night of moves: it takes steps, notes what polls see, and counts.

Steps go through the table of states and into the journal; what is seen of a mailbox does neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select

from mailwave.adapters import (
    ledger_estate,
    ledger_live,
    ledger_progress,
    ledger_replay,
    ledger_steps,
    ledger_summary,
)
from mailwave.adapters.ledger_open import OpenLedger
from mailwave.adapters.ledger_schema import meta
from mailwave.adapters.ledger_store import put_meta
from mailwave.core.manifest import canonical_texts
from mailwave.core.progress import Dashboard, Face, Flight, Sighting, Steps
from mailwave.core.reason import Reason
from mailwave.core.states import Transition

_CALLS = "admin calls of "
"""With a worker's name, the key under which the ledger remembers what its last run has cost."""


class MovingLedger(OpenLedger):
    """The part of `mailwave.adapters.ledger.Ledger` that changes all through a night."""

    _pages = ledger_progress.Pages({})

    def move_state(self, changes: Sequence[Transition], reason: Reason) -> None:
        """Take every step of *changes*, at most one a mailbox, or none.

        Raises:
            IllegalTransition: a step that the table of states does not hold.
            UnknownMailboxes: a mailbox that is not in the ledger.
            RepeatedMailbox: a mailbox with two steps.
            HasLeft: a mailbox that would wait, and whose owner has left.
        """
        if not changes:
            return
        ledger_estate.refuse_repeats([change.guid for change in changes])
        with self._store.write() as connection:
            self._take(connection, changes, reason)

    def record_poll(
        self, sightings: Sequence[Sighting], changes: Sequence[Transition], reason: Reason
    ) -> int:
        """Take every step of *changes*, those of one mailbox in their order, and note what was seen, or nothing.

        The steps are one entry of the journal; what was seen is not journalled. Return how many of *sightings* are of
        mailboxes in flight: only those are kept.

        Raises:
            IllegalTransition, UnknownMailboxes, HasLeft: as `move_state`.
        """
        with self._store.write() as connection:
            if changes:
                self._take(connection, changes, reason)
            pages = self._pages.now(connection)
            noted = ledger_progress.note(connection, sightings, self._now(), pages)
        self._pages = pages  # kept only now: what was not committed may be given out again
        return noted

    def _take(self, connection: Connection, changes: Sequence[Transition], reason: Reason) -> None:
        steps = ledger_live.take_steps(connection, changes)
        subject = f"{len(steps)} mailboxes" if len(steps) > 1 else steps[0][0]
        detail = (
            b'{"steps":' + canonical_texts(steps) + b"}"
        )  # of some thousands: every other way takes longer
        self._append(connection, ledger_replay.STEPS, subject, detail, reason)

    def steps(self, after: int | None) -> Steps:
        """Where the mailboxes stand that took steps *after* an entry of the journal, and why.

        Without an entry, and where the estate or the plan has changed since, any of them may be another.
        """
        with self._store.read() as connection:
            return ledger_steps.steps(connection, after)

    def flights(self, wave: str | None = None) -> list[Flight]:
        """The mailboxes of *wave* (None: of all) in flight as they were last seen, by ExchangeGuid."""
        with self._store.read() as connection:
            return ledger_live.flights(connection, wave)

    def note_calls(self, worker: str, calls: Mapping[str, int]) -> None:
        """Remember how many *calls* of each kind the run of *worker* has made so far: a figure, and no entry."""
        with self._store.write() as connection:
            put_meta(connection, _CALLS + worker, msgspec.json.encode(calls).decode())

    def calls(self) -> dict[str, dict[str, int]]:
        """How many calls of each kind the last run of each worker has made."""
        query = select(meta).where(meta.c.key.startswith(_CALLS)).order_by(meta.c.key)
        with self._store.read() as connection:
            return {
                row.key.removeprefix(_CALLS): msgspec.json.decode(row.value, type=dict[str, int])
                for row in connection.execute(query)
            }

    def dashboard(self, face: Face = Face.WAVE) -> Dashboard:
        """Where the whole estate stands at one moment, counted by *face*."""
        with self._store.read() as connection:
            return Dashboard(
                face,
                ledger_estate.planned(connection),
                ledger_summary.tallies(connection, face),
                ledger_progress.stalls(connection),
            )
