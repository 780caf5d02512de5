"""People and organisations who withdraw late: out of the service until it completes them, and not after."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailwave.core.notices import Milestone
from mailwave.core.readiness.scope import NoSuchOrganisation
from mailwave.core.refusals import UnknownMailboxes
from mailwave.core.states import MailboxState
from mailwave.runbooks.withdraw_wave import WithdrawWave
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import Services

S = MailboxState
WHY = f"withdrawn: {REASON.text}"


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with an approved plan."""
    made = Operator(Services(), tmp_path)
    made.prepare()
    return made


def run_until(operator: Operator, said: str, act: Callable[[Any], None]) -> None:
    """Run the waves, and once, when *said* is first told, do *act* with the ledger as another command would."""
    done: list[str] = []
    with operator.running() as runbook:
        tell = runbook.follower.say

        def say(text: str) -> None:
            tell(text)
            if said in text and not done:
                done.append(text)
                act(runbook.ledger)

        for part in (runbook.teller, runbook.starter, runbook.completer):
            object.__setattr__(part, "say", say)
        runbook.run()
    assert done


def first_in(ledger: Any, state: MailboxState) -> Any:
    """A mailbox in *state*."""
    return ledger.mailboxes(state)[0]


def test_a_person_at_synced_is_taken_out_at_the_next_poll(operator: Operator) -> None:
    """It should defer one person of a batch whose people were reminded, tell them, and complete the others."""
    out: list[Any] = []

    def withdraw(ledger: Any) -> None:
        out.append(first_in(ledger, S.SYNCED))
        runbook = WithdrawWave(ledger, REASON)
        found = runbook.prepare(people=[out[0].mailbox.address])
        assert [out[0].mailbox.guid] == [each.mailbox.guid for each in found.under_way]
        runbook.run(found)

    run_until(operator, "day before notices sent", withdraw)

    with operator.ledger() as ledger:
        ended = {each.mailbox.guid: each for each in ledger.mailboxes()}
        told = ledger.notices_of(Milestone.WITHDRAWN, [out[0].mailbox.guid])
        moved = [each for each in ended.values() if each.batch == out[0].batch and each.state is S.MOVED]
    record = ended[out[0].mailbox.guid]
    assert (S.DEFERRED, WHY) == (record.state, record.why)
    assert told.keys() == {record.mailbox.guid}
    assert moved
    removed = [s for s in operator.services.sent if s.cmdlet == "Remove-MigrationUser"]
    assert record.mailbox.smtp in {str(s.parameters["Identity"]) for s in removed}
    assert [] == problems(operator)


def test_who_completes_already_stays(operator: Operator) -> None:
    """It should say that it is too late for somebody whose completion was released, and let it end."""
    late: list[Any] = []

    def withdraw(ledger: Any) -> None:
        late.append(first_in(ledger, S.COMPLETING))
        runbook = WithdrawWave(ledger, REASON)
        found = runbook.prepare(people=[late[0].mailbox.address])
        assert ([], [], late) == (found.still, found.under_way, found.too_late)
        runbook.run(found)

    run_until(operator, "completions released", withdraw)

    with operator.ledger() as ledger:
        ended = {each.mailbox.guid: each.state for each in ledger.mailboxes()}
    assert S.MOVED is ended[late[0].mailbox.guid]
    assert [] == problems(operator)


def test_an_organisation_is_taken_out_of_every_wave(operator: Operator) -> None:
    """It should defer all of an organisation, in whatever wave, and nobody else."""
    code: list[str] = []

    def withdraw(ledger: Any) -> None:
        code.append(first_in(ledger, S.SYNCED).mailbox.organisation)
        runbook = WithdrawWave(ledger, REASON)
        found = runbook.prepare(organisation=code[0])
        assert {code[0]} == {each.mailbox.organisation for each in (*found.still, *found.under_way)}
        assert found.under_way
        runbook.run(found)

    run_until(operator, "day before notices sent", withdraw)

    with operator.ledger() as ledger:
        records = ledger.mailboxes()
    own = [each for each in records if each.mailbox.organisation == code[0]]
    assert not [each for each in own if each.state in {S.WAITING, S.SYNCING, S.SYNCED, S.COMPLETING}]
    assert WHY in {each.why for each in own}
    assert WHY not in {each.why for each in records if each.mailbox.organisation != code[0]}
    assert [] == problems(operator)


def test_nobody_is_taken_for_somebody_else(operator: Operator) -> None:
    """It should refuse an address and an organisation that the ledger does not have."""
    with operator.ledger() as ledger:
        runbook = WithdrawWave(ledger, REASON)
        with pytest.raises(UnknownMailboxes, match=r"nobody@nhsmail\.example"):
            runbook.prepare(people=["nobody@nhsmail.example"])
        with pytest.raises(NoSuchOrganisation, match="ZZZ"):
            runbook.prepare(organisation="ZZZ")
