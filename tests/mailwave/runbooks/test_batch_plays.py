"""Plays on whole batches: their window comes from the ledger, and the ledger learns what was rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.plays import Plays
from mailwave.adapters.scoped_batches import ManifestGate
from mailwave.core.planner import Batch, Wave
from mailwave.core.play_table import BatchAct, Hosts, Play, PlayTable, Variable, VariablesWrong
from mailwave.core.states import MailboxState, Transition
from mailwave.runbooks.batch_plays import ApplyBatchPlay, NotOurBatch, StillFollowed
from mailwave.runbooks.site_plays import ApplyPlay, Sites
from mailwave.runbooks.wave.batches import ACT as START
from mailwave.runbooks.wave.completion import LAST_START, NotApproved, WindowClosed
from mailwave.runbooks.wave.moves import WITHDRAW, withdrawals
from tests.mailwave.adapters.canned import Canned
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import Services
from tests.mailwave.runbooks.test_site_plays import Door

DIGEST = "ab" * 32
GIVEN = {"batch_manifest": "m.json", "batch_digest": DIGEST}


def a_play(number: int, act: BatchAct) -> Play:
    said = {name: Variable(name) for name in GIVEN}
    window = {name: Variable(name, required=False) for name in ("batch_opens", "batch_closes")}
    return Play(
        name=f"{number}_{act}",
        title=act,
        hosts=Hosts.TENANT,
        changes=True,
        variables=said | (window if act is BatchAct.COMPLETE else {}),
        batch=act,
    )


TABLE = PlayTable(
    (a_play(54, BatchAct.COMPLETE), a_play(56, BatchAct.ROLL_BACK), a_play(58, BatchAct.REMOVE))
)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with a plan that nobody has approved."""
    made = Operator(Services(), tmp_path)
    made.discover()
    made.check()
    made.plan()
    return made


@contextmanager
def runbook(operator: Operator) -> Iterator[tuple[ApplyBatchPlay, Wave, Batch]]:
    """The runbook, and a wave with a batch of it that was started with the digest."""
    with operator.ledger() as ledger:
        artifacts = ArtifactFolder(operator.folder / "artifacts")
        plays = ApplyPlay(Plays(Canned()), Sites({}, Door()), TABLE, "1", artifacts, ledger, REASON)
        saved = ledger.plan()
        assert saved is not None
        wave, batch = saved.waves[0], saved.waves[0].batches[0]
        if not ledger.intents(START):
            ledger.outcome(ledger.intent(START, batch.name, {"digest": DIGEST}, REASON), "ok", {})
        yield ApplyBatchPlay(plays, operator.clock, ManifestGate(ledger)), wave, batch


def test_completes_only_in_its_window_and_approval(operator: Operator) -> None:
    """It should hand on the window of the batch's own wave, and refuse outside it and without a live approval."""
    with runbook(operator) as (applies, wave, _):
        with pytest.raises(WindowClosed):
            applies.prepare("54", GIVEN, ())
        with pytest.raises(NotOurBatch):
            applies.prepare("54", {**GIVEN, "batch_digest": "cd" * 32}, ())
        with pytest.raises(VariablesWrong):
            applies.prepare("54", {"batch_digest": DIGEST}, ())
        opens, closes = wave.window_start, wave.window_end
    operator.clock.sleep_until(opens)
    with runbook(operator) as (applies, _, _), pytest.raises(NotApproved):
        applies.prepare("54", GIVEN, ())

    operator.approve()
    with runbook(operator) as (applies, _, _):
        order = applies.prepare("54", {**GIVEN, "batch_closes": "2099-01-01T00:00:00+00:00"}, ())
        given = [
            datetime.fromisoformat(str(order.variables[name])) for name in ("batch_opens", "batch_closes")
        ]
        assert given == [opens, closes - LAST_START]
        operator.clock.sleep_until(closes - LAST_START)
        with pytest.raises(WindowClosed):
            applies.prepare("54", GIVEN, ())


def test_the_ledger_learns_of_a_roll_back(operator: Operator) -> None:
    """It should withdraw in the journal exactly the mailboxes of the batch that were under way."""
    with runbook(operator) as (applies, _, batch):
        under_way, *waiting = batch.mailboxes
        applies.plays.ledger.move_state([Transition(under_way, MailboxState.SYNCING, "test")], REASON)

        applies.run(applies.prepare("56", GIVEN, ()))

        assert set(withdrawals(applies.plays.ledger.intents(WITHDRAW))) == {under_way}
        assert waiting
        applies.plays.ledger.verify_journal()


def test_a_batch_is_removed_once_it_is_accounted_for(operator: Operator) -> None:
    """It should refuse the play while a mailbox of the batch is open, and let it run when none is."""
    with runbook(operator) as (applies, _, batch):
        ledger = applies.plays.ledger
        with pytest.raises(StillFollowed) as caught:
            applies.prepare("58", GIVEN, ())
        assert len(batch.mailboxes) == len(caught.value.mailboxes)
        with pytest.raises(NotOurBatch):
            applies.prepare("58", {**GIVEN, "batch_digest": "cd" * 32}, ())

        ledger.move_state(
            [Transition(guid, MailboxState.DEFERRED, "test") for guid in batch.mailboxes], REASON
        )

        assert "58_remove" == applies.prepare("58", GIVEN, ()).play
