"""One batch by name: when it may be started by hand, and by what its plays know it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailwave.core.intents import Outcome
from mailwave.core.notices import Milestone
from mailwave.core.states import MailboxState
from mailwave.runbooks.batch_plays import DIGEST, MANIFEST
from mailwave.runbooks.hold_wave import HoldWave
from mailwave.runbooks.single_batches import (
    NoSuchBatch,
    NotStarted,
    NotYet,
    StartBatch,
    batch_of_plan,
    variables_of,
)
from mailwave.runbooks.wave.batches import ACT
from mailwave.runbooks.wave.completion import NotApproved
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import Services


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with a plan that nobody has approved."""
    made = Operator(Services(faults=()), tmp_path)
    made.discover()
    made.check()
    made.plan()
    return made


@contextmanager
def starting(operator: Operator) -> Iterator[StartBatch]:
    """The runbook behind `wave start`."""
    with operator.running() as run:
        yield StartBatch(run.clock, run.ledger, run.starter, run.remover)


def first_batch(operator: Operator) -> str:
    with operator.ledger() as ledger:
        name: str = ledger.waves()[0].batches[0].name
    return name


def test_a_batch_is_started_by_hand(operator: Operator) -> None:
    """It should start one batch whose people were told, journal its digest, and leave the others waiting."""
    operator.approve()
    name = first_batch(operator)
    with operator.running() as run:
        wave, _ = batch_of_plan(run.ledger, name)
        run.teller.tell(Milestone.TWO_WEEKS, wave, run.ledger.mailboxes(wave=wave.id), remembered=False)
        runbook = StartBatch(run.clock, run.ledger, run.starter, run.remover)

        runbook.run(*runbook.prepare(name))

        (intent,) = run.ledger.intents(ACT)
        states = {r.batch: r.state for r in run.ledger.mailboxes(wave=wave.id)}
        assert (name, Outcome.OK) == (intent.subject, intent.outcome)
        assert {name.lower()} == set(operator.services.online.tenant.batches)
        assert MailboxState.SYNCING is states.pop(name)
        assert {MailboxState.WAITING} == set(states.values())
        file = operator.folder / "manifests" / f"{name}.json"
        assert {MANIFEST: str(file), DIGEST: intent.detail["digest"]} == variables_of(
            run.ledger, file.parent, name
        )
        with pytest.raises(NotYet, match="nobody of it waits any more"):
            runbook.prepare(name)


def test_nobody_is_copied_before_the_time(operator: Operator) -> None:
    """It should refuse a batch without an approval, one of a held wave, and one whose people were not told."""
    name = first_batch(operator)
    with starting(operator) as runbook, pytest.raises(NotApproved):
        runbook.prepare(name)
    operator.approve()
    with starting(operator) as runbook, pytest.raises(NotYet, match="people were not told yet"):
        runbook.prepare(name)
    with starting(operator) as runbook:
        wave, _ = batch_of_plan(runbook.ledger, name)
        HoldWave(runbook.ledger, REASON, hold=True).run(wave.id)
        with pytest.raises(NotYet, match="is held"):
            runbook.prepare(name)

    assert {} == operator.services.online.tenant.batches


def test_only_what_was_started_has_a_manifest(operator: Operator, tmp_path: Path) -> None:
    """It should know no batch that is not in the plan, and no manifest of one that was not started."""
    with operator.ledger() as ledger:
        with pytest.raises(NoSuchBatch, match="W1-nobody"):
            variables_of(ledger, tmp_path, "W1-nobody")
        with pytest.raises(NotStarted, match=first_batch(operator)):
            variables_of(ledger, tmp_path, first_batch(operator))
