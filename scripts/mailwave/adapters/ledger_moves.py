"""What a ledger does for a night of moves: it takes steps, notes what polls see, and counts.

Steps go through the table of states and into the journal; what is seen of a mailbox does neither.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from mailwave.adapters import ledger_estate, ledger_live, ledger_progress, ledger_replay, ledger_summary
from mailwave.adapters.ledger_open import OpenLedger
from mailwave.core.manifest import canonical_texts
from mailwave.core.progress import Dashboard, Face, Flight, Sighting
from mailwave.core.reason import Reason
from mailwave.core.states import Transition


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

    def flights(self, wave: str | None = None) -> list[Flight]:
        """The mailboxes of *wave* (None: of all) in flight as they were last seen, by ExchangeGuid."""
        with self._store.read() as connection:
            return ledger_live.flights(connection, wave)

    def dashboard(self, face: Face = Face.WAVE) -> Dashboard:
        """Where the whole estate stands at one moment, counted by *face*."""
        with self._store.read() as connection:
            return Dashboard(
                face,
                ledger_estate.planned(connection),
                ledger_summary.tallies(connection, face),
                ledger_progress.stalls(connection),
            )
