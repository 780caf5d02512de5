"""Ended batches make room for new ones, so that a tenant's limit of batches never stops a campaign (fact B5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mailwave.core.intents import Outcome
from mailwave.core.move_reports import UserReport
from mailwave.core.moves import ENDED, FAILURES, Move
from mailwave.core.outcomes import ActRefused, ActUnknown
from mailwave.core.planner import Batch
from mailwave.core.states import OPEN, Counts
from mailwave.runbooks.acting import close_cut_off
from mailwave.runbooks.wave.batches import NO_ROOM, Starter
from mailwave.runbooks.wave.removal import REMOVE, REPORT
from rehearsal.exchange_online import Options
from tests.mailwave.rehearsed.boundary import Boundary, Killed
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import Services

MOST = 3
"""Batches that the rehearsed tenant may have; the campaign has seven, of which five would be under way at once."""

CLEAN = Counts(planned=66, moved=29, deferred=34, failed=2, excluded=1)
"""How a campaign ends in a tenant that has room for all of its batches."""


def operator_in(folder: Path, boundary: Boundary | None = None, services: Services | None = None) -> Operator:
    """An operator of a tenant with few batches."""
    services = services or Services(options=Options(most_batches=MOST))
    return Operator(services, folder, boundary or Boundary(), most_batches=MOST)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An operator who went through every command once."""
    operator = operator_in(tmp_path_factory.mktemp("few"))
    operator.everything()
    return operator


def test_a_small_limit_stops_nobody(finished: Operator) -> None:
    """It should end with the counts of a tenant without such a limit, though each batch had to wait for another."""
    account = finished.account()

    assert (CLEAN, 7) == (account.counts, account.batches)
    assert [] == problems(finished)
    assert len(finished.services.online.tenant.batches) <= MOST
    refused = [
        sent
        for sent in finished.services.sent
        if sent.cmdlet == "New-MigrationBatch" and not sent.took_effect
    ]
    assert [] == refused


def test_nobody_under_way_is_removed(finished: Operator) -> None:
    """It should remove as many as were wanted and no more, each once, with its intent before it."""
    removed = [sent for sent in finished.services.sent if sent.cmdlet == "Remove-MigrationBatch"]
    names = [str(sent.parameters["Identity"]) for sent in removed]

    with finished.ledger() as ledger:
        intents = ledger.intents(REMOVE)
        begun = {
            entry.detail["subject"]: entry.at
            for entry in ledger.journal()
            if entry.act == "intent" and entry.detail["act"] == REMOVE
        }
    assert 7 - MOST == len(names) == len(set(names))
    assert [(name, Outcome.OK) for name in names] == [(each.subject, each.outcome) for each in intents]
    assert all(begun[name] <= sent.at for name, sent in zip(names, removed, strict=True))


def test_what_a_batch_showed_is_kept(finished: Operator) -> None:
    """It should keep what the service showed of every user of a batch before it goes, with the digest journalled."""
    with finished.ledger() as ledger:
        intents = [*ledger.intents(REPORT), *ledger.intents(REMOVE)]
        removed = {each.subject for each in ledger.intents(REMOVE)}
        ended = [entry.detail.get("detail") or {} for entry in ledger.journal()]
    kept = [each for each in ended if "artifact" in each]
    files = sorted((finished.folder / "artifacts").glob("[0-9]*"))

    assert {file.name for file in files} <= {f"{each.id:08}-{each.subject}.json" for each in intents}
    assert removed <= {file.stem[9:] for file in files}
    assert len({file.stem[9:] for file in files}) == len(files)
    for file, said in zip(files, kept, strict=True):
        moves = [user.move for user in msgspec.json.decode(file.read_bytes(), type=list[UserReport])]
        assert said["users"] == len(moves)
        assert {move.status for move in moves} <= {*ENDED, *FAILURES, "Stopped", "IncrementalStopped"}


@pytest.mark.crash
def test_killed_after_a_removal(tmp_path: Path) -> None:
    """It should end like a run that nobody killed, with no removal in doubt."""
    services = Services(options=Options(most_batches=MOST))
    killed = operator_in(tmp_path, _At("after Remove-MigrationBatch"), services)
    with pytest.raises(Killed):
        killed.everything()

    again = operator_in(tmp_path, services=services)
    again.everything()

    assert CLEAN == again.account().counts
    assert [] == problems(again)


class _At(Boundary):
    """Kills at the first boundary of that name."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self._where = where

    def cross(self, where: str) -> None:
        """Pass, or die here."""
        super().cross(where)
        if where == self._where:
            raise Killed(n=self.passed, where=where)


class _Batches:
    """Batches of which the first removal ends with *error*, whether it happened or not."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.removed: list[str] = []

    def remove(self, manifest: Path, digest: str) -> None:
        """Remove, once without saying so."""
        assert digest
        self.removed.append(manifest.stem)
        if self.error:
            error, self.error = self.error, None
            raise error


class _Target:
    """A tenant that shows *names* and no users."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def batches(self) -> set[str]:
        """The names."""
        return set(self.names)

    def moves(self, batch: str) -> list[Move]:
        """None."""
        return []


def test_a_refused_removal_is_left_to_a_person(finished: Operator) -> None:
    """It should journal the refusal, take another batch, and ask no second time."""
    with finished.ledger() as ledger:
        left = [
            batch.name
            for wave in ledger.plan().waves
            for batch in wave.batches
            if batch.name not in {each.subject for each in ledger.intents(REMOVE)}
        ]
        batches = _Batches(ActRefused(act="remove", subject=left[0], why="no"))
        remover = finished.remover(ledger, batches, _Target(set(left)))

        assert [] == remover.admit([Batch("new", "leeds", ())])
        assert [] == remover.admit([Batch("new", "leeds", ())])

        assert left[:2] == batches.removed
        assert {left[0]} == remover.refused
        assert [Outcome.FAILED, Outcome.OK] == [each.outcome for each in ledger.intents(REMOVE)[-2:]]


def test_a_lost_answer_is_read_back(finished: Operator) -> None:
    """It should call a removal whose answer was lost done once the batch is gone, and repeat it until then."""
    with finished.ledger() as ledger:
        name = next(
            batch.name
            for wave in ledger.plan().waves
            for batch in wave.batches
            if batch.name not in {each.subject for each in ledger.intents(REMOVE)}
        )
        batches = _Batches(ActUnknown(act="remove", subject=name, why="lost"))
        target = _Target({name, "a", "b"})
        remover = finished.remover(ledger, batches, target)
        remover.admit([Batch("new", "leeds", ())])
        assert [name] == [each.subject for each in ledger.intents(REMOVE) if each.is_doubtful]

        target.names -= {name}
        assert ["new"] == [batch.name for batch in remover.admit([Batch("new", "leeds", ())])]

        assert [] == [each for each in ledger.intents(REMOVE) if each.is_doubtful]
        assert [] == [each for each in ledger.mailboxes() if each.state in OPEN]


def test_a_dead_workers_removal_waits_for_who_takes_its_wave_over(finished: Operator) -> None:
    """It should leave a removal that another worker began, take another batch, and close it with that worker's wave."""
    with finished.ledger() as ledger:
        done = {each.subject for each in ledger.intents(REMOVE) if each.outcome is Outcome.OK}
        left = [
            batch.name for wave in ledger.plan().waves for batch in wave.batches if batch.name not in done
        ]
        ledger.intent(REMOVE, left[0], {"for": ["theirs"]}, finished.remover(ledger, None, None).reason)
        batches = _Batches(None)
        remover = finished.remover(ledger, batches, _Target({*left, *("a", "b", "c")[: MOST - len(left)]}))

        assert [] == remover.admit([Batch("new", "leeds", ())])

        assert left[1:2] == batches.removed
        assert (0, 1) == tuple(close_cut_off(ledger, REMOVE, of={of}) for of in ("ours", "theirs"))
        remover.settle()
        assert [] == [each for each in ledger.intents(REMOVE) if each.is_doubtful]


@dataclass
class _Beaten(Operator):
    """An operator whom another worker beats to the last place once; *refused* are the batches that had none."""

    refused: list[str] = field(default_factory=list)

    def _starter(self, ledger: Any, batches: Any) -> Starter:
        return super()._starter(ledger, _LastPlaceTaken(batches, self.refused))


@dataclass
class _LastPlaceTaken:
    """Batches of which the first is refused for want of room, as the service does (fact B5)."""

    batches: Any
    refused: list[str]

    def start(self, manifest: Path, digest: str) -> None:
        """Start, but for the first time."""
        if not self.refused:
            self.refused.append(manifest.stem)
            raise ActRefused(act="start", subject=manifest.stem, why=f"New-MigrationBatch: {NO_ROOM}: full")
        self.batches.start(manifest, digest)


def test_a_worker_that_was_beaten_to_the_last_place_waits_for_room(tmp_path: Path) -> None:
    """It should start the batch later and end with the counts of a campaign that nobody disturbed."""
    operator = _Beaten(Services(), tmp_path)

    operator.everything()

    assert 1 == len(operator.refused)
    assert CLEAN == operator.account().counts
    assert [] == problems(operator)
