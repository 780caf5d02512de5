"""For whom a service is, and when."""

from __future__ import annotations

import pytest

from mailwave.core.services.table import Joins, Service
from mailwave.core.states import MailboxState

TEAMS = Joins(("office",), "TEAMS1")


@pytest.mark.parametrize("before_move", [True, False])
@pytest.mark.parametrize("state", MailboxState)
def test_nobody_joins_before_their_move(state: MailboxState, *, before_move: bool) -> None:
    """It should wait for the move (facts B51, D25), but for a service that comes before it."""
    service = Service("teams", "Teams", "a team", frozenset(), frozenset(), (), before_move, TEAMS)

    assert (before_move or state is MailboxState.MOVED) == service.is_open_to(state)
