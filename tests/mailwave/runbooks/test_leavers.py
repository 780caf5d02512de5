"""Whose owner leaves in mid-sync: withdrawn from the service, and in a defined state whatever the service shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailwave.core.amendments import AFTER_LEAVING, LEFT, TO_WITHDRAW, Amendment, Transfer
from mailwave.core.estate import Record
from mailwave.core.moves import Move
from mailwave.core.states import MailboxState, Transition
from tests.mailwave.rehearsed.boundary import Boundary, Killed
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import Services

S = MailboxState
EVERY_BATCH_IS_MADE = 190
"""A boundary of a run at which all batches are made and nobody was reminded yet."""


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with an approved plan."""
    made = Operator(Services(), tmp_path)
    made.prepare()
    return made


def record_of(operator: Operator, guid: str) -> Record:
    """How the mailbox *guid* stands."""
    with operator.ledger() as ledger:
        found: Record = next(record for record in ledger.mailboxes() if record.mailbox.guid == guid)
    return found


def test_a_leaver_in_flight_is_withdrawn_and_the_rest_moves(operator: Operator) -> None:
    """It should take the leaver out of the service, keep the counts of both organisations, and end all others."""
    killed = Operator(operator.services, operator.folder, Boundary(EVERY_BATCH_IS_MADE))
    with pytest.raises(Killed):
        killed.run()
    with operator.ledger() as ledger:
        leaver, mover, *_ = (r.mailbox for r in ledger.mailboxes() if r.state in TO_WITHDRAW)
        code = next(o.code for o in ledger.organisations() if o.code != mover.organisation)
        ledger.amend_estate(
            Amendment(leavers=(leaver.guid,), transfers=(Transfer(mover.guid, code),)), REASON
        )
        planned = ledger.organisation_counts()[code].planned

    operator.run()
    operator.check()

    found = record_of(operator, leaver.guid)
    assert (S.DEFERRED, LEFT) == (found.state, found.why)
    assert found.state in AFTER_LEAVING[S.SYNCING]
    sent = [s for s in operator.services.sent if s.cmdlet == "Remove-MigrationUser"]
    assert leaver.smtp in {str(s.parameters["Identity"]) for s in sent}
    users = {u.address for b in operator.services.online.tenant.batches.values() for u in b.users}
    assert leaver.smtp not in users
    with operator.ledger() as ledger:
        counts = ledger.organisation_counts()[code]
        assert (planned, True) == (counts.planned, counts.closed)
    assert [] == problems(operator)


def test_whatever_the_service_shows_of_a_leaver(operator: Operator) -> None:
    """It should defer who is gone, withdraw who is not, failed or not, and let a completion end."""
    shown = {0: "Failed", 1: "Corrupted", 2: "Stopped", 3: "Completing"}
    with operator.ledger() as ledger:
        first = ledger.waves()[0]
    batch = first.batches[0]
    leavers = batch.mailboxes[:5]
    with operator.running(target=(target := _Target())) as runbook:
        ledger = runbook.ledger
        members = {record.mailbox.guid: record for record in ledger.mailboxes(wave=first.id)}
        target.shown = [
            Move(leavers[n], members[leavers[n]].mailbox.smtp, batch.name, status)
            for n, status in shown.items()
        ]
        ledger.move_state([Transition(guid, S.SYNCING, "test") for guid in leavers], REASON)
        ledger.amend_estate(Amendment(leavers=leavers), REASON)
        runbook.follower.follow({batch.name: ledger.mailboxes(wave=first.id)})
        assert [*leavers[:3]] == [move.exchange_guid for move in target.withdrawn]
        states = [record_of(operator, guid).state for guid in leavers]
        assert [S.SYNCING] * 3 + [S.COMPLETING, S.DEFERRED] == states

        target.shown = []
        runbook.follower.follow({batch.name: ledger.mailboxes(wave=first.id)})
    ended = {guid: record_of(operator, guid) for guid in leavers}
    assert {(S.DEFERRED, LEFT)} == {(ended[leavers[n]].state, ended[leavers[n]].why) for n in (0, 1, 2, 4)}


class _Target:
    """A target that shows what it is told, and remembers who was withdrawn."""

    def __init__(self) -> None:
        self.shown: list[Move] = []
        self.withdrawn: list[Move] = []

    def moves(self, batch: str) -> list[Move]:
        """What is shown."""
        return [move for move in self.shown if move.batch == batch]

    def withdraw(self, move: Move) -> None:
        """Remember it."""
        self.withdrawn.append(move)

    retry = approve_skipped = stop = withdraw
