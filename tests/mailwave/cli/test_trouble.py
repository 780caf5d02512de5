"""`mailwave wave mended`, `contacts`, `held` and `resume`, typed as an operator types them."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from mailwave.adapters.ledger import Ledger
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState, Transition
from mailwave.exits import Exit
from tests.mailwave.builders import a_mailbox, an_organisation, guid
from tests.mailwave.cli.conftest import WHY, Run

OPENS = datetime(2030, 3, 4, 20, tzinfo=UTC)
PLANNED = tuple(
    Wave(name, OPENS.date(), OPENS, OPENS + timedelta(hours=8), (Batch(f"{name}-1", "leeds", (guid(n),)),))
    for n, name in enumerate(("W20300304", "W20300305"))
)
ONE, OTHER = (wave.id for wave in PLANNED)


@pytest.fixture
def waves(run: Run) -> Run:
    """Two waves of one mailbox each, the first of which is synced."""
    run("wave", "status")  # it makes the ledger's folder
    reason = Reason("a.person", "test", "CHG1", "test")
    with Ledger.open(os.environ["MAILWAVE_LEDGER"], lambda: datetime.now(UTC)) as ledger:
        ledger.import_estate([an_organisation()], [a_mailbox(n) for n in range(2)], [], reason)
        ledger.save_plan(Plan(PLANNED), reason)
        for state in (MailboxState.SYNCING, MailboxState.SYNCED):
            ledger.move_state([Transition(guid(0), state, "test")], reason)
    return run


def test_contacts_over_budget_hold_every_wave(waves: Run) -> None:
    """It should hold all waves over the budget, show what is kept synced until when, and let them go on."""
    code, said = waves("wave", "contacts", "--wave", OTHER, "--total", "6", *WHY, "--dry-run")
    assert (Exit.OK, False) == (code, "every wave is held" in said)
    assert "held" not in waves("wave", "held")[1].replace("held waves", "")

    code, said = waves("wave", "contacts", "--wave", OTHER, "--total", "6", *WHY)
    assert (Exit.OK, True) == (code, "6 contacts recorded, and every wave is held" in said)

    code, said = waves("wave", "held")
    shown = (ONE, f"over budget: {OTHER}", "0.0 of 20", f"{_stops():%d %b %Y}")
    assert (Exit.OK, [True] * 4) == (code, [text in said for text in shown])
    said = waves("wave", "resume", "--wave", ONE, *WHY)[1]
    assert f"{ONE} stays held for the budget of {OTHER}: resume that" in said
    assert f"{OTHER}: let go on\n" in waves("wave", "resume", "--wave", OTHER, *WHY)[1]
    assert ONE not in waves("wave", "held")[1]


def test_only_what_there_is_can_be_mended(waves: Run) -> None:
    """It should record a cause of the table as mended for a wave of the plan, and refuse any other in a sentence."""
    answers = [
        waves("wave", "mended", "--wave", wave, "--cause", cause, *WHY)
        for wave, cause in ((ONE, "access-denied"), (ONE, "gremlins"), ("W1", "access-denied"))
    ]

    assert [Exit.OK, Exit.CONFIGURATION, Exit.CONFIGURATION] == [code for code, _ in answers]
    assert f"{ONE}: access-denied is tried again" in answers[0][1]
    assert "there is no cause 'gremlins'" in answers[1][1]


def _stops() -> date:
    """Sixty days after people are told, two weeks before the night."""
    return OPENS.date() - timedelta(days=14) + timedelta(days=60)
