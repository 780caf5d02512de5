"""A change killed at each of its durable boundaries, one after the other, and made again by the same command.

What the engine does inside one update is killed for itself, in tests/end_to_end/test_change_crashes.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from change_control.folder import Bundle
from mailwave.adapters.claims import FolderClaims
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.runbooks.apply_change import APPLY, ApplyChange
from mailwave.runbooks.hold_changes import LOCK, Holder, holding
from tests.mailwave.builders import a_mailbox, an_organisation
from tests.mailwave.runbooks.change_board import CLOUD_STEP, NOW, REASON, Board, Killed, open_board

DURABLE = {
    "ledger": ("intent", "outcome", "record_approval"),
    "claims": ("take", "give_back"),
    "cloud": (CLOUD_STEP,),
    "ansible": ("run_play",),
}
"""What outlives a process, by who does it."""


@dataclass
class Process:
    """One that dies after *left* durable writes, and stays dead: just before the next one would leave the same."""

    left: int
    writes: list[str] = field(default_factory=list)
    dead: bool = False

    def write(self, what: str, effect: Callable[[], Any]) -> Any:
        """Do one thing that lasts."""
        if self.dead:
            raise Killed
        found = effect()
        self.writes.append(what)
        self.dead = len(self.writes) == self.left
        if self.dead:
            raise Killed
        return found


class Mortal:
    """The real *thing*, of which the writes *named* are a process's."""

    def __init__(self, thing: object, process: Process, named: tuple[str, ...]) -> None:
        self._thing = thing
        self._process = process
        self._named = named

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        if name not in self._named:
            return found
        return lambda *given, **more: self._process.write(name, lambda: found(*given, **more))


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """The folder of a board with a change of a stack, a play and a wave, approved by two."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    with open_board(folder) as board:
        board.ledger.import_estate([an_organisation()], [a_mailbox(0)], [], REASON)
        begins = NOW + timedelta(days=1)
        batch = Batch("pilot-1", "leeds", (a_mailbox(0).guid,))
        wave = Wave("W20261125", date(2026, 11, 25), begins, begins + timedelta(hours=8), (batch,))
        board.ledger.save_plan(Plan((wave,)), REASON)
        board.approve(board.review(waves=(wave.id,)))
    return folder


def make(board: Board, change: Bundle, process: Process) -> None:
    """`mailwave change apply` as *process* does it."""

    def mortal(thing: object, what: str) -> Any:
        return Mortal(thing, process, DURABLE[what])

    mine: Any = mortal(board.ledger, "ledger")
    claims: Any = mortal(FolderClaims(board.folder / "state"), "claims")
    board.cloud.stepping = process.write
    runbook: ApplyChange = board.applying(ledger=mine, claims=claims, canned=mortal(board.canned, "ansible"))
    with holding(claims, Holder("a.person", "here", f"{NOW + timedelta(seconds=len(board.said))}")):
        parts = runbook.prepare(board.changes.find(change.digest), ())
        runbook.run(change, parts)


def killed_at(folder: Path, moment: int) -> bool:
    """Kill the making in *folder* at *moment* and make it again. False when it ended before."""
    with open_board(folder) as board:
        change, process = board.changes.find(""), Process(moment)
        try:
            make(board, change, process)
        except Killed:
            make(board, change, Process(0))
        judge(board, change, str(process.writes))
        return process.dead


def judge(board: Board, change: Bundle, told: str) -> None:
    """Everything was made once, and nothing is open."""
    assert {"to-sites": 1, "from-sites": 1} == dict(board.cloud.made), told
    assert ["to-sites", "from-sites"] == board.cloud.there["hybrid"], told
    done = {intent.subject for intent in board.ledger.intents(APPLY) if intent.outcome == "ok"}
    assert {part.name for part in change.contents.parts} == done, told
    assert [] == board.ledger.open_intents(), told
    assert board.ledger.live_approval(change.contents.waves[0].digest, NOW), told
    claims = FolderClaims(board.folder / "state")
    assert (b"", 2 * 3) == (claims.held(LOCK), len(list((board.folder / "state" / "spent").iterdir()))), told
    board.ledger.verify_journal()


def test_a_change_killed_at_any_boundary_is_made_once(prepared: Path, tmp_path: Path) -> None:
    """It should end like a change that nobody killed, whichever of its durable writes was the last one."""
    moment = 1
    while killed_at(shutil.copytree(prepared, tmp_path / f"{moment}"), moment):
        moment += 1
    assert moment > 30
