"""A change from its approval to its making: what was approved is made, once, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from change_control.errors import BundleBroken, ChangeRefused, Moved, NotAdmitted
from mailwave.core.plays import PlayOutcome
from mailwave.runbooks.apply_change import APPLY
from mailwave.runbooks.approve_change import NoSuchPart, NotAnApprover
from tests.mailwave.adapters.canned import an_answer
from tests.mailwave.runbooks.change_board import (
    FIRST,
    REASON,
    SECOND,
    WINDOW,
    Board,
    Killed,
    open_board,
)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """A pilot with two connectors to make."""
    with open_board(tmp_path) as opened:
        yield opened


def test_what_was_approved_is_made_once(board: Board) -> None:
    """It should make a change that two approved, journal who they were, and make nothing when asked again."""
    change = board.review()
    board.approve(change)
    made = board.apply(change)

    assert ["stack hybrid-pilot", "play 12_roll"] == [part.name for part in made]
    assert ["to-sites", "from-sites"] == board.cloud.there["hybrid"]
    done = board.ledger.intents(APPLY)
    assert [["first", "second"]] * 2 == [each.detail["approved_by"] for each in done]

    board.apply(change)
    assert 1 == board.cloud.updates
    assert ["stack hybrid-pilot: made before", "play 12_roll: made before"] == board.said[-2:]
    board.ledger.verify_journal()


def moved_state(board: Board) -> None:
    board.cloud.there["hybrid"] = ["somebody-else's"]


def moved_live(board: Board) -> None:
    board.cloud.wanted["hybrid"].append("one-more")


def moved_code(board: Board) -> None:
    board.sources["code"] = "sha256:d"


def moved_place(board: Board) -> None:
    board.environment = "production"


def moved_preview(board: Board) -> None:
    board.cloud.refused = "no such domain"


@pytest.mark.parametrize(
    ("move", "what"),
    [
        (moved_state, "the state of hybrid-pilot has moved"),
        (moved_live, "stack hybrid-pilot has moved .* other steps"),
        (moved_code, "the code has moved"),
        (moved_place, "the environment has moved"),
        (moved_preview, "cannot be previewed any more: no such domain"),
    ],
)
def test_what_has_moved_is_named_and_nothing_made(board: Board, move: object, what: str) -> None:
    """It should refuse a change whose ground is another, before anything is called that changes something."""
    change = board.review()
    board.approve(change)
    move(board)  # type: ignore[operator]
    with pytest.raises(Moved, match=what):
        board.apply(change)
    assert (0, []) == (board.cloud.updates, board.ledger.intents(APPLY))


def test_a_play_that_finds_more_is_not_run(board: Board) -> None:
    """It should refuse a play for which check mode names a change that nobody saw."""
    change = board.review()
    board.approve(change)
    board.canned.says["12_roll"] = (PlayOutcome.OK, (an_answer("bindings"), an_answer("tls")))
    with pytest.raises(Moved, match="play 12_roll has moved"):
        board.apply(change, "play 12_roll")
    assert [] == board.ledger.intents(APPLY)


def test_without_consent_nothing_is_made(board: Board) -> None:
    """It should refuse a change that too few approved, for these parts and at this time."""
    change = board.review()
    with pytest.raises(NotAdmitted, match="there is no approval of it"):
        board.apply(change)
    board.approve(change, FIRST)
    with pytest.raises(NotAdmitted, match="1 of 2 people"):
        board.apply(change)
    board.approve(change, SECOND, parts=["play 12_roll"])
    with pytest.raises(NotAdmitted, match="second: it does not cover this part"):
        board.apply(change)
    board.apply(change, "play 12_roll")
    board.clock.at = WINDOW.ends
    board.approve(change, SECOND)
    with pytest.raises(NotAdmitted, match="expired"):
        board.apply(change)
    assert 0 == board.cloud.updates


def test_an_approval_is_for_one_change(board: Board) -> None:
    """It should not take the approvals of one change for another."""
    change = board.review()
    board.approve(change)
    board.apply(change)
    board.cloud.there.clear()
    board.clock.at += timedelta(minutes=1)
    other = board.review()
    assert change.digest != other.digest
    for file in (change.folder / "approvals").iterdir():
        (other.folder / "approvals").mkdir(exist_ok=True)
        (other.folder / "approvals" / file.name).write_bytes(file.read_bytes())
    with pytest.raises(NotAdmitted, match=f"it is for the change {change.digest}"):
        board.apply(other)
    board.apply(change)
    assert 1 == board.cloud.updates


def test_who_may_not_approve_is_told_so(board: Board) -> None:
    """It should refuse a stranger and whoever asked for the change, before they sign."""
    change = board.review()
    with pytest.raises(NotAnApprover, match="not in its list"):
        board.approving("stranger").prepare(change, ())
    board.reason = msgspec.structs.replace(REASON, who="first")
    with pytest.raises(NotAnApprover, match="they asked for this one"):
        board.approving("first").prepare(board.review(), ())
    with pytest.raises(NoSuchPart, match="stack hybrid-pilot, play 12_roll"):
        board.approving("first").prepare(change, ["stack foundation-pilot"])


def test_a_kinder_report_is_refused(board: Board) -> None:
    """It should refuse to have a change approved whose report does not tell what it holds."""
    change = board.review()
    page = change.folder / "report.html"
    page.write_bytes(page.read_bytes().replace(b"to-sites", b"harmless"))
    with pytest.raises(BundleBroken, match=r"report\.html .* does not tell"):
        board.approving("first").prepare(change, ())


def test_a_touched_file_is_refused_before_anything(board: Board) -> None:
    """It should refuse a change of which one byte is another, by the file's name."""
    change = board.review()
    board.approve(change)
    for file in [each for each in change.folder.iterdir() if each.suffix == ".json"]:
        data = file.read_bytes()
        file.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])
        with pytest.raises(ChangeRefused, match=r"contents\.json|" + file.name):
            board.apply(change)
        file.write_bytes(data)
    assert 0 == board.cloud.updates
    assert board.apply(change)


@pytest.mark.parametrize("after", [0, 1])
def test_a_cut_off_update_goes_on(board: Board, after: int) -> None:
    """It should go on with what is left of an approved update whose process was killed, and make nothing twice."""
    change = board.review(plays=False)
    board.approve(change)
    board.cloud.killed_after = after
    with pytest.raises(Killed):
        board.apply(change)
    board.apply(change)
    assert ["to-sites", "from-sites"] == board.cloud.there["hybrid"]
    assert "ok" == board.ledger.intents(APPLY)[-1].outcome


def test_a_cut_off_update_goes_no_further(board: Board) -> None:
    """It should refuse to go on with more than was approved."""
    change = board.review(plays=False)
    board.approve(change)
    board.cloud.killed_after = 1
    with pytest.raises(Killed):
        board.apply(change)
    board.cloud.wanted["hybrid"].append("one-more")
    with pytest.raises(Moved, match=r"create urn:one-more was not approved"):
        board.apply(change)
