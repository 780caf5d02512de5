"""A release on its road: proved in one environment, let into the next, and refused everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from change_control.errors import Drifted, NotProved
from change_control.folder import Bundle
from change_control.releases import Proof, release_in
from mailwave.adapters.change_folder import ProofFolder
from mailwave.adapters.plays import Plays
from mailwave.core.intents import Outcome
from mailwave.core.states import MailboxState, Transition, route
from mailwave.runbooks.find_all_drift import Drift, FindAllDrift
from mailwave.runbooks.promote_change import PROMOTE, PromoteChange
from mailwave.runbooks.prove_release import PROVE, NotAProver, NothingDone, ProveRelease
from mailwave.runbooks.provision import LAYERS
from mailwave.runbooks.site_plays import VerifySites
from tests.mailwave.builders import a_mailbox, an_organisation
from tests.mailwave.runbooks.change_board import (
    NOW,
    PROVER,
    REASON,
    WINDOW,
    Board,
    Cloud,
    Killed,
    Road,
    open_board,
)
from tests.mailwave.runbooks.test_site_plays import TABLE, sites

LONG = msgspec.structs.replace(WINDOW, ends=NOW + timedelta(days=3))
BY_PROVER = msgspec.structs.replace(REASON, who="prover")


@pytest.fixture
def pilot(tmp_path: Path) -> Iterator[Board]:
    """A pilot that takes what dev has proved, with two connectors to make."""
    (tmp_path / "pilot").mkdir()
    with open_board(tmp_path / "pilot") as opened:
        opened.before = Road()
        yield opened


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Board]:
    """A dev with the same code, in which everything else is there already."""
    (tmp_path / "dev").mkdir()
    with open_board(tmp_path / "dev") as opened:
        opened.environment = "dev"
        opened.cloud = Cloud({**dict.fromkeys(LAYERS, ()), "hybrid": ["to-sites"]})  # type: ignore[arg-type]
        yield opened


def proving(board: Board, *, first: bool = False, who: str = "prover") -> ProveRelease:
    """The runbook that signs what was done there."""
    plays = VerifySites(Plays(board.canned), sites(), TABLE)
    return ProveRelease(
        board.environment,
        board.setting.tenant,
        first,
        lambda: release_in(board.sources, board.setting.tools),
        (PROVER,),
        FindAllDrift(board.cloud, plays, board.folder, board.said.append, plays=False),  # type: ignore[arg-type]
        board.ledger,
        lambda: "journal 1 root",
        board.clock.now,
        msgspec.structs.replace(REASON, who=who),
    )


def prove(board: Board, *, first: bool = False) -> tuple[bytes, Drift]:
    """The file of a proof, and what was found."""
    file, seen = proving(board, first=first).run(
        ProofFolder(board.folder / "proofs"), lambda _: PROVER.signer
    )
    return file.read_bytes(), seen


def promoting(board: Board) -> PromoteChange:
    """The runbook that lets a change in."""
    return PromoteChange(board.before, board.changes, board.ledger, board.clock.now, BY_PROVER)


def made(board: Board) -> Bundle:
    """A change that two approved and that was made."""
    change = board.review(plays=False)
    board.approve(change)
    board.apply(change)
    return change


def test_what_was_proved_before_is_made(dev: Board, pilot: Board) -> None:
    """It should make an approved change only once the proof of its release lies beside it, and journal both acts."""
    made(dev)
    proof, seen = prove(dev)
    assert Drift((), ()) == seen
    change = pilot.review(plays=False)
    pilot.approve(change)
    with pytest.raises(NotProved, match="is not proved in dev: there is no proof of it"):
        pilot.apply(change)
    assert 0 == pilot.cloud.updates

    for _ in range(2):  # again is no harm
        found = promoting(pilot).run(change, [proof])
    assert found is not None
    assert {"changes": 1, "parts": 1} == found.said.counts
    assert 1 == len(change.proofs)
    pilot.apply(change)
    assert 1 == pilot.cloud.updates
    assert [Outcome.OK] == [each.outcome for each in dev.ledger.intents(PROVE)]
    assert [Outcome.OK] * 2 == [each.outcome for each in pilot.ledger.intents(PROMOTE)]


def other_code(board: Board) -> None:
    board.sources["code"] = "sha256:d"


def too_late(board: Board) -> None:
    board.clock.at += timedelta(hours=24, seconds=1)


@pytest.mark.parametrize(
    ("move", "why"), [(other_code, "one proves sha256:"), (too_late, "counts for 24 hours")]
)
def test_another_release_and_an_old_proof_are_refused(
    dev: Board, pilot: Board, move: Callable[[Board], None], why: str
) -> None:
    """It should let no change in whose release was not proved, or too long ago, and keep nothing beside it."""
    made(dev)
    proof, _ = prove(dev)
    move(pilot)
    change = pilot.review(plays=False, window=LONG)
    with pytest.raises(NotProved, match=why):
        promoting(pilot).run(change, [proof])
    assert ([], []) == (change.proofs, pilot.ledger.intents(PROMOTE))


def test_a_proof_that_grew_old_beside_its_change_is_refused(dev: Board, pilot: Board) -> None:
    """It should look at the proof once more before anything is made, and take a newer one."""
    made(dev)
    change = pilot.review(plays=False, window=LONG)
    promoting(pilot).run(change, [prove(dev)[0]])
    too_late(pilot)
    runbook = pilot.applying(needed=0)
    with pytest.raises(NotProved, match="counts for 24 hours"):
        runbook.prepare(change, ())
    too_late(dev)
    promoting(pilot).run(change, [prove(dev)[0]])
    assert runbook.prepare(change, ())


def test_drift_is_signed_and_keeps_the_next_environment_shut(dev: Board, pilot: Board) -> None:
    """It should sign what differs, too, and refuse the release in the next environment until it is mended."""
    made(dev)
    good, _ = prove(dev)
    dev.clock.at += timedelta(minutes=1)
    dev.cloud.wanted["identity"] = ["one-more"]
    drifted, seen = prove(dev)
    assert 1 == len(seen.differs)
    pilot.clock.at += timedelta(minutes=2)
    change = pilot.review(plays=False)
    with pytest.raises(Drifted, match="dev has drifted: one thing differed"):
        promoting(pilot).run(change, [good, drifted])
    dev.cloud.refused, dev.cloud.wanted["identity"] = "no such domain", []
    dev.clock.at += timedelta(seconds=1)
    with pytest.raises(NotProved, match="3 things could not be read there"):
        promoting(pilot).run(change, [prove(dev)[0]])


def test_only_what_was_done_is_proved(dev: Board) -> None:
    """It should sign nothing for a release that no change was made with, nor for whoever is no prover."""
    with pytest.raises(NothingDone, match="dev proves nothing of this release: no change was made with it"):
        proving(dev).prepare()
    made(dev)
    assert proving(dev).prepare()
    with pytest.raises(NotAProver, match="requester is not in dev's list"):
        proving(dev, who="requester").prepare()
    other_code(dev)
    with pytest.raises(NothingDone):
        proving(dev).prepare()


def test_the_first_environment_proves_by_a_whole_move(dev: Board) -> None:
    """It should sign a rehearsal only when every mailbox has ended and somebody was moved."""
    dev.ledger.import_estate([an_organisation()], [a_mailbox(0), a_mailbox(1)], [], REASON)
    with pytest.raises(NothingDone, match="2 of 2 mailboxes are still open"):
        proving(dev, first=True).prepare()
    last, moved = a_mailbox(0).guid, a_mailbox(1).guid
    dev.ledger.move_state([Transition(last, MailboxState.DEFERRED, "later")], REASON)
    for step in route(moved, MailboxState.WAITING, MailboxState.MOVED, "there"):
        with pytest.raises(NothingDone, match="1 of 2 mailboxes are still open"):
            proving(dev, first=True).prepare()
        dev.ledger.move_state([step], REASON)
    _, counts = proving(dev, first=True).prepare()
    assert (2, 1, 1) == (counts["planned"], counts["moved"], counts["deferred"])


class Ending(ProofFolder):
    """The process ends before the proof is kept."""

    def keep(self, proof: Proof, signed: bytes) -> Path:
        raise Killed


def test_a_proof_that_was_cut_off_is_signed_again(dev: Board) -> None:
    """It should settle in the journal what a kill left open, and sign anew."""
    made(dev)
    with pytest.raises(Killed):
        proving(dev).run(Ending(dev.folder), lambda _: PROVER.signer)
    assert [None] == [each.outcome for each in dev.ledger.intents(PROVE)]
    assert prove(dev)
    assert [Outcome.UNKNOWN, Outcome.OK] == [each.outcome for each in dev.ledger.intents(PROVE)]
    dev.ledger.verify_journal()
