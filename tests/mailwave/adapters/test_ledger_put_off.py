"""How many mailboxes of which organisation are put off for one of some reasons."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mailwave.core.states import MailboxState, Transition
from tests.mailwave.adapters.ledgers import a_ledger, closed_ledgers
from tests.mailwave.builders import REASON, guid

__all__ = ["closed_ledgers"]

WHY = {0: "no-logs: of 2 days", 1: "no-logs", 2: "no-logs-at-all: of 9 days", 4: "client-old: 14"}


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["no-logs"], {"RR8": 2}),
        (["client-old", "no-logs-at-all"], {"RR8": 1, "A81001": 1}),
        (["no%"], {}),
        ([], {}),
    ],
)
def test_a_reason_is_its_code(ledger_url: str, reasons: Sequence[str], expected: dict[str, int]) -> None:
    """It should count by the whole code that a reason begins with, and nothing but what is put off."""
    ledger = a_ledger(ledger_url)
    ledger.move_state([Transition(guid(n), MailboxState.DEFERRED, why) for n, why in WHY.items()], REASON)
    ledger.move_state([Transition(guid(3), MailboxState.EXCLUDED, "no-logs")], REASON)

    assert expected == ledger.put_off(reasons)
