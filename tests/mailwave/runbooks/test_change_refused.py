"""A change that was touched, used before, is over, or is for elsewhere: refused by name, and no provider was called."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from change_control import statements
from change_control.contents import canonical
from change_control.errors import BundleBroken, ChangeRefused, Moved, NotAdmitted
from change_control.folder import LIST, Bundle
from change_control.releases import PREDICATE, Proof, release_of
from mailwave.adapters.claims import FolderClaims
from mailwave.adapters.ledger import Ledger
from mailwave.runbooks.apply_change import APPLY
from tests.mailwave.adapters.canned import Canned
from tests.mailwave.runbooks.change_board import (
    FIRST,
    PROVER,
    REASON,
    SECOND,
    WINDOW,
    Board,
    Cloud,
    Killed,
    Road,
    open_board,
)


@dataclass(frozen=True)
class Approved:
    """A *change* on a *board* that two people have approved."""

    board: Board
    change: Bundle

    def asked(self) -> tuple[int, int]:
        """How often the engine and Ansible were asked for anything."""
        return self.board.cloud.calls, len(self.board.canned.asked)

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Nobody is asked for anything, and nothing is recorded, for the time of the block."""
        before = self.asked()
        yield
        assert (before, []) == (self.asked(), self.board.ledger.intents(APPLY))


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Approved]:
    """One for all that only try to make it, and are refused."""
    with open_board(tmp_path_factory.mktemp("board")) as board:
        board.before = Road()
        change = board.review(waves=[board.with_a_wave().id])
        proof = PROVER.proof(release=release_of(change.contents), made_at=board.clock.at - timedelta(hours=2))
        board.changes.add_proof(change, statements.read(proof, PREDICATE, Proof))
        board.approve(change)
        yield Approved(board, change)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Approved]:
    """One of a test's own."""
    with open_board(tmp_path) as board:
        change = board.review()
        board.approve(change)
        yield Approved(board, change)


def files_of(change: Bundle) -> list[Path]:
    """Every file of the change: its reports, approvals and the proof of its release, too."""
    return sorted(path for path in change.folder.rglob("*") if path.is_file())


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_flipped_bit_anywhere(approved: Approved, data: st.DataObject) -> None:
    """It should refuse the change when one bit of any of its files is another, and name the file or the person."""
    file = data.draw(st.sampled_from(files_of(approved.change)))
    whole = file.read_bytes()
    place, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
    try:
        with approved.untouched(), pytest.raises(ChangeRefused) as refused:
            approved.board.apply(approved.change)
    finally:
        file.write_bytes(whole)
    # A list that was touched may name any file, and the first that does not fit is told.
    names = (file.name, "first", "second", "no approval", "is not proved in dev")
    assert file.name == LIST or any(name in str(refused.value) for name in names)


@pytest.mark.parametrize(
    "kind", ["contents.json", "report.html", "report.md", "hybrid.plan.json", "hazards.json", "prices.json"]
)
def test_a_bit_counts_where_nobody_has_to_approve(approved: Approved, kind: str) -> None:
    """It should refuse a touched file by its name also where nobody's consent is asked for."""
    file = approved.change.folder / kind
    whole = file.read_bytes()
    place = whole.index(b"pilot") if b"pilot" in whole else 2
    file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    try:
        with approved.untouched(), pytest.raises(BundleBroken, match=kind.replace(".", r"\.")):
            approved.board.applying(needed=0).prepare(approved.board.changes.find(approved.change.digest), ())
    finally:
        file.write_bytes(whole)


def test_what_fits_its_folder_and_nothing_else(own: Approved) -> None:
    """It should refuse a whole change of its own that stands in another one's folder."""
    own.board.clock.at += timedelta(minutes=1)
    other = own.board.review()
    shutil.rmtree(own.change.folder)
    shutil.copytree(other.folder, own.change.folder)
    with own.untouched(), pytest.raises(BundleBroken, match="named after"):
        own.board.apply(own.change)


def expire(approved: Approved) -> None:
    approved.board.clock.at = WINDOW.ends


def elsewhere(approved: Approved) -> None:
    approved.board.environment = "production"


def asked_for(approved: Approved) -> None:
    """An approver asks for the same themself, and signs by hand, since the command refuses it."""
    board = approved.board
    board.clock.at += timedelta(minutes=1)
    board.reason = msgspec.structs.replace(REASON, who=FIRST.who)
    change = board.review()
    board.approve(change, SECOND)
    consent = FIRST.consent(change, approved_at=board.clock.at)
    board.changes.add(change, "by-hand", canonical(consent.statement.envelope.to_dict()))
    shutil.rmtree(approved.change.folder)


REFUSED: dict[str, tuple[Callable[[Approved], None], type[ChangeRefused], str]] = {
    "it has expired": (expire, NotAdmitted, r"first: it expired .*; second: it expired"),
    "who asked approves": (asked_for, NotAdmitted, "first: asked for the change"),
    "it is for another environment": (elsewhere, Moved, "the environment has moved .* was pilot"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_over_or_elsewhere(own: Approved, name: str) -> None:
    """It should say what is wrong with it, before anybody is asked for anything."""
    spoil, kind, says = REFUSED[name]
    spoil(own)
    only = own.board.changes.find("")
    with own.untouched(), pytest.raises(kind, match=says):
        own.board.apply(only)


def test_history_that_went_on_is_noticed(own: Approved) -> None:
    """It should refuse a stack whose latest entry of history is another, though its state is the same."""
    own.board.cloud.history = "import"
    with pytest.raises(Moved, match="the state of hybrid-pilot has moved"):
        own.board.apply(own.change)
    assert (0, []) == (own.board.cloud.updates, own.board.ledger.intents(APPLY))


def another(own: Approved, folder: Path) -> Approved:
    """The same change on a machine that knows nothing of its making: a new ledger, and everything as it was."""
    clock = replace(own.board.clock)
    ledger = Ledger.open(f"sqlite:///{folder}/another.db", clock.now)
    cloud, canned = Cloud({"hybrid": ["to-sites", "from-sites"]}), Canned(dict(own.board.canned.says))
    return Approved(replace(own.board, ledger=ledger, cloud=cloud, canned=canned), own.change)


def test_an_approval_is_used_once_whatever_the_ledger(own: Approved, tmp_path: Path) -> None:
    """It should refuse, by the people's names, approvals that another ledger has used, though all else is as it was."""
    before = another(own, tmp_path)
    own.board.apply(own.change)
    try:
        with (
            before.untouched(),
            pytest.raises(NotAdmitted, match="first: it was used before; second: it was used"),
        ):
            before.board.apply(own.change)
    finally:
        before.board.ledger.close()


def test_each_part_is_used_by_itself(own: Approved, tmp_path: Path) -> None:
    """It should let another ledger make the part that nobody has made yet."""
    other = another(own, tmp_path)
    own.board.apply(own.change, "play 12_roll")
    try:
        other.board.apply(own.change, "stack hybrid-pilot")
        assert 1 == other.board.cloud.updates
    finally:
        other.board.ledger.close()


def test_what_was_spent_by_a_killed_run_is_still_its_own(own: Approved) -> None:
    """It should go on with the same approvals in the same ledger, whose run was killed after it had used them."""
    own.board.cloud.killed_after = 1
    with pytest.raises(Killed):
        own.board.apply(own.change)
    spent = FolderClaims(own.board.folder / "state")
    assert len(list((Path(spent.where) / "spent").iterdir())) == 2
    own.board.apply(own.change)
    assert ["to-sites", "from-sites"] == own.board.cloud.there["hybrid"]
