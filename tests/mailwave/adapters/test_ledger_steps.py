"""What has changed since one looked, and the intents that a poll asks for, in each database."""

from __future__ import annotations

import pytest

from mailwave.core.amendments import Amendment
from mailwave.core.intents import Outcome
from mailwave.core.progress import Steps
from mailwave.core.states import MailboxState as S
from tests.mailwave.adapters.ledgers import a_ledger, a_plan, step
from tests.mailwave.adapters.ledgers import closed_ledgers as closed_ledgers  # noqa: PLC0414  a fixture
from tests.mailwave.builders import REASON, guid


def test_steps_are_told_once(ledger_url: str) -> None:
    """It should tell where mailboxes stand now that took steps since, whoever took them, and then of none."""
    ledger, other = a_ledger(ledger_url), a_ledger(ledger_url)
    ledger.save_plan(a_plan(0, 1, 2, 4), REASON)
    seen = ledger.steps(None)
    assert seen.ends is None
    ledger.move_state([*step(0, S.SYNCING), *step(1, S.SYNCING)], REASON)
    other.move_state(step(1, S.SYNCED), REASON)

    found = ledger.steps(seen.upto)

    ends = ledger.mailboxes()
    expected = {each.mailbox.guid: (each.state, each.why) for each in ends if each.state is not S.WAITING}
    assert expected == found.ends
    assert {guid(0), guid(1)} == expected.keys()
    assert Steps(found.upto, {}) == ledger.steps(found.upto)


@pytest.mark.parametrize("what", ["plan", "estate"])
def test_another_plan_or_estate_is_another_look(ledger_url: str, what: str) -> None:
    """It should tell nothing by halves where whose a mailbox is may be another: all are read again."""
    ledger = a_ledger(ledger_url)
    ledger.save_plan(a_plan(0, 1, 2, 4), REASON)
    before = ledger.steps(None).upto
    if what == "plan":
        ledger.save_plan(a_plan(0, 1, 2), REASON)
    else:
        ledger.amend_estate(Amendment(leavers=(guid(2),)), REASON)
    ledger.move_state(step(0, S.SYNCING), REASON)

    assert ledger.steps(before) == ledger.steps(None)
    assert ledger.steps(before).ends is None


def test_intents_are_asked_for_by_subject_and_by_doubt(ledger_url: str) -> None:
    """It should find those of an act on some subjects, those after an entry, and those of which nobody knows."""
    ledger = a_ledger(ledger_url)
    ends = [("retry", "a", "ok"), ("retry", "b", "unknown"), ("stop", "a", None), ("retry", "a", "failed")]
    ids = []
    for act, subject, outcome in ends:
        ids.append(ledger.intent(act, subject, {}, REASON))
        if outcome is not None:
            ledger.outcome(ids[-1], outcome, {})

    def found(intents: list) -> list[int]:  # type: ignore[type-arg]
        return [ids.index(each.id) for each in intents]

    assert [0, 3] == found(ledger.intents_on("retry", ["a", "c"]))
    assert [] == ledger.intents_on("retry", [])
    assert [1, 3] == found(ledger.intents("retry", after=ids[0]))
    assert [1, 2] == found(ledger.doubtful("retry", "stop"))
    ledger.outcome(ledger.intent("retry", "b", {}, REASON), Outcome.OK, {})
    assert [] == ledger.doubtful("retry")
    assert all(each.is_doubtful for each in ledger.doubtful("stop"))
