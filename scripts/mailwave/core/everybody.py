"""Every mailbox and right of a ledger as columns, with where each mailbox stands."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.delegates.held import Held
from mailwave.core.population import Numbers, Population, guid_columns
from mailwave.core.states import MailboxState

STATES = tuple(MailboxState)
"""States in the order of their numbers."""


class Everybody(NamedTuple):
    """All mailboxes, all rights between them, and for each mailbox its *state*, a place in `STATES`."""

    population: Population
    held: Held
    state: NDArray[np.int8]

    def rows(self, guids: Sequence[str]) -> Numbers:
        """The rows of the mailboxes *guids*, all of which are here."""
        return self.population.places(guid_columns(guids))

    def states(self, guids: Sequence[str]) -> set[MailboxState]:
        """The states in which any of the mailboxes *guids* is."""
        return {STATES[place] for place in np.unique(self.state[self.rows(guids)]).tolist()}

    def waiting(self, guids: Sequence[str]) -> list[str]:
        """Those of the mailboxes *guids* that wait."""
        waits = self.state[self.rows(guids)] == STATES.index(MailboxState.WAITING)
        return [guids[place] for place in np.flatnonzero(waits).tolist()]

    def among(self, states: Collection[MailboxState]) -> tuple[Population, Held]:
        """The mailboxes in one of *states*, and the rights between two of them."""
        rows = np.flatnonzero(np.isin(self.state, [STATES.index(state) for state in states]))
        place = np.full(self.population.size, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        mailbox, trustee = place[self.held.mailbox], place[self.held.trustee]
        inside = (mailbox >= 0) & (trustee >= 0)
        return self.population.only(rows), Held(mailbox[inside], trustee[inside], self.held.kind[inside])
