"""Consent to the loss of exactly the items that are listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.core.moves import Move, Score
from mailwave.core.skipped import SkippedItem
from mailwave.core.states import MailboxState, Transition
from mailwave.runbooks.approve_items import ApproveItems, NotListed
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import Services

ITEM = SkippedItem("Missing", "Inbox", "a letter", "2 KB")


class _Target:
    """A tenant in which everybody of one batch would lose *items*."""

    def __init__(self, moves: list[Move], items: list[SkippedItem]) -> None:
        self.shown, self.items = moves, items

    def moves(self, batch: str) -> list[Move]:
        """Those of the batch."""
        return [move for move in self.shown if move.batch == batch]

    def skipped_items(self, move: Move) -> list[SkippedItem]:
        """The items."""
        return self.items


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An operator with a plan."""
    made = Operator(Services(), tmp_path_factory.mktemp("items"))
    made.prepare()
    return made


def test_only_what_is_listed_can_be_agreed_to(operator: Operator, tmp_path: Path) -> None:
    """It should list who waits, refuse another list, keep what was agreed to, and ask anew for other items."""
    with operator.ledger() as ledger:
        wave = ledger.waves()[0]
        members = [r for r in ledger.mailboxes(wave=wave.id) if r.batch == wave.batches[0].name]
        record, other = members[:2]
        begun = [Transition(each.mailbox.guid, MailboxState.SYNCING, "started") for each in (record, other)]
        ledger.move_state(begun, REASON)
        target = _Target([_a_move(record, Score.INVESTIGATE), _a_move(other, Score.GOOD)], [ITEM])
        runbook = ApproveItems(operator.clock, ledger, _as_port(target), ArtifactFolder(tmp_path), REASON)

        (waiting,) = runbook.prepare(wave.id)
        with pytest.raises(NotListed):
            runbook.chosen(wave.id, [waiting], ["sha256:other"])
        runbook.run(wave.id, runbook.chosen(wave.id, [waiting], [waiting.digest]))

        assert (record.mailbox.smtp, (ITEM,)) == (waiting.address, waiting.items)
        approval = ledger.live_approval(waiting.digest, operator.clock.now())
        assert (REASON.who, wave.window_end) == (approval.who, approval.expires_at)
        assert ["a letter" in file.read_text() for file in tmp_path.iterdir()] == [True]
        assert [] == runbook.prepare(wave.id)
        target.items = [ITEM, ITEM]
        assert [record.mailbox.smtp] == [each.address for each in runbook.prepare(wave.id)]


def _a_move(record: Any, score: Score) -> Move:
    return Move(record.mailbox.guid, record.mailbox.smtp, record.batch, "Synced", score, 1)


def _as_port(target: Any) -> Any:
    return target
