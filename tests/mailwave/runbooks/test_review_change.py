"""What a review puts before a board, and what a nightly look finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from change_control.contents import Window
from mailwave.adapters.change_folder import NoSuchChange
from mailwave.adapters.plays import Plays
from mailwave.core.outcomes import ActRefused
from mailwave.core.plays import PlayOutcome
from mailwave.core.stacks import StackPlan
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.find_all_drift import Drift, FindAllDrift
from mailwave.runbooks.provision import LAYERS
from mailwave.runbooks.review_change import WindowWrong
from mailwave.runbooks.site_plays import VerifySites
from tests.mailwave.adapters.canned import FINDING, Canned, a_failure, a_verdict
from tests.mailwave.runbooks.change_board import (
    CONNECTOR,
    NOW,
    WINDOW,
    Board,
    Cloud,
    open_board,
)
from tests.mailwave.runbooks.test_site_plays import TABLE, sites


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """A pilot with two connectors to make."""
    with open_board(tmp_path) as opened:
        yield opened


def test_what_stands_on_moving_ground_is_provisional(board: Board) -> None:
    """It should mark a stack as provisional when one below it changes an output, and leave it out of the approval."""
    board.cloud = Cloud({"identity": ["app"], "hybrid": ["to-sites"]}, moves_outputs=True)
    change = board.review(layers=("identity", "hybrid"), plays=False)
    lower, upper = change.contents.stacks
    assert ("", "it reads outputs of identity-pilot, which this change makes others") == (
        lower.provisional,
        upper.provisional,
    )
    assert ["stack identity-pilot"] == [part.name for part in change.contents.firm]
    assert b"Provisional" in (change.folder / "report.html").read_bytes()


def test_a_wave_is_approved_as_it_was_listed(board: Board) -> None:
    """It should record the consent to a wave's list in the ledger, and refuse one whose list is another."""
    wave = board.with_a_wave()
    with pytest.raises(NoSuchWave):
        board.review(layers=(), plays=False, waves=("W1",))
    change = board.review(layers=(), plays=False, waves=(wave.id,))
    board.approve(change)
    board.apply(change)
    assert board.ledger.live_approval(wave.digest, NOW)

    again = board.review(layers=(), plays=False, waves=(wave.id,))
    page = (again.folder / "report.md").read_text(encoding="utf-8")
    assert "1 wave." in page
    assert "GBP 20\\.00 a month more; unknown for 1 item, at example prices" in page
    assert "unknown: transfer (1 mailboxes)" in page


def test_nothing_says_no_change(board: Board) -> None:
    """It should say so when nothing differs anywhere."""
    board.cloud.there["hybrid"] = ["to-sites", "from-sites"]
    board.canned = Canned()
    page = (board.review().folder / "report.md").read_text(encoding="utf-8")
    assert page.startswith("# pilot: No change.")


def test_a_window_that_is_over_is_refused(board: Board) -> None:
    """It should put nothing together that nobody could make, and leave no draft."""
    with pytest.raises(WindowWrong):
        board.review(window=Window(WINDOW.begins, NOW))
    with pytest.raises(NoSuchChange, match="it has none"):
        board.changes.find("")
    assert not board.folder.joinpath("changes").exists()


def test_names_do_no_harm(board: Board) -> None:
    """It should show a hostile name as text, on the page and in Markdown."""
    board.cloud.wanted["hybrid"] = ["<script>alert(1)</script>", "[x](https://evil.example)|`a`"]
    change = board.review(plays=False)
    page = (change.folder / "report.html").read_text(encoding="utf-8")
    text = (change.folder / "report.md").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<script" not in text.replace("\\<", "")
    assert "\\[x\\](https\\://evil\\.example)\\|\\`a\\`" in text
    assert "https:" not in page.replace("https://evil.example", "")


def test_drift_tells_what_differs_from_what_could_not_be_read(board: Board) -> None:
    """It should look at every stack and every reading play, whatever the others say, and keep the two apart."""
    verdict = a_verdict(findings=[FINDING])
    board.canned.says = {"13_look": (PlayOutcome.FAILED, (verdict,))}
    board.cloud = Cloud({layer: [] for layer in LAYERS})
    plays = VerifySites(Plays(board.canned), sites(), TABLE)

    def look() -> Drift:
        return FindAllDrift(board.cloud, plays, board.folder, board.said.append).run()  # type: ignore[arg-type]

    assert Drift(("13_look: EX02: TLS 1.2 is not switched on [in SCHANNEL]",), ()) == look()
    board.canned.says = {"13_look": (PlayOutcome.UNKNOWN, (a_failure("unreachable", "no route"),))}
    board.cloud.refused = "it is not deployed"
    found = look()
    assert () == found.differs
    assert ["foundation-pilot", "identity-pilot", "hybrid-pilot", "13_look"] == [
        line.partition(":")[0] for line in found.unread
    ]
    board.cloud = Cloud({layer: ["one"] for layer in LAYERS})
    board.canned.says = {}
    assert [f"{layer}-pilot: create {CONNECTOR} one" for layer in LAYERS] == [*look().differs]

    board.cloud = Locked({})
    assert [f"{layer}: export of {layer}: no passphrase" for layer in LAYERS] == [*look().unread]


class Locked(Cloud):
    """Stacks whose state cannot be read."""

    def plan(self, layer: str, to: Path) -> StackPlan:
        raise ActRefused(act="export", subject=layer, why="no passphrase")
