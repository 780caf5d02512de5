"""`mailwave change apply` killed in the middle, and run again: what was approved is made, once.

CHANGE_CRASHES=all is at each write to the cloud, one after the other (`make prove`), CRASH_SLICE at some of them; else
it is one. The boundaries between a ledger's writes are killed at in tests/mailwave/runbooks/test_change_killed.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pytest

from rehearsal.deploy import FAR
from rehearsal.home import Home
from tests import engine
from tests.end_to_end.crashing import Crashing, Death, Left, Moment
from tests.end_to_end.operator import WHY
from tests.end_to_end.test_stack_crashes import FOUNDATION, WRITES, left_open

pytestmark = [pytest.mark.engine, pytest.mark.crash, pytest.mark.timeout(1_800)]

LAYER = "foundation"
ALL = os.environ.get("CHANGE_CRASHES") == "all"
FIRST, SLICES = map(int, os.environ.get("CRASH_SLICE", "0/1").split("/"))
LAST = WRITES[LAYER]
MINE = range(1 + FIRST, LAST + 1, SLICES) if ALL else ()


def killed() -> Moment:
    """Where processes are really killed: in the middle, and in each slice at another write, with others that go on."""
    deaths = (Death.ENGINE, Death.OPERATOR, Death.ALL)
    return Moment(LAST * (1 + (FIRST + SLICES // 2) % SLICES) // (1 + SLICES), deaths[FIRST % len(deaths)])


@dataclass(frozen=True)
class Board:
    """A *change* that makes the whole layer, *reviewed* and not made."""

    crashing: Crashing
    change: str
    reviewed: Left

    @classmethod
    def of(cls, crashing: Crashing) -> Board:
        """Have the change reviewed."""
        done = crashing.operator.mailwave(
            "change", "review", *WHY, "--until", FAR, f"--layer={LAYER}", "--no-plays", "--json"
        )
        assert 0 == done.code, done.text
        return cls(crashing, str(json.loads(done.out)["change"]), crashing.keep("reviewed"))

    @property
    def apply(self) -> tuple[str, ...]:
        """The command that makes it."""
        return ("change", "apply", self.change, *WHY)

    @cached_property
    def made_in_peace(self) -> tuple[Mapping[int, Left], int]:
        """What a kill leaves after each write of this slice, all taken from one run, and how many writes that made."""
        self.crashing.put_back(self.reviewed)
        return self.crashing.watched(MINE, *self.apply)

    def judge(self) -> None:
        """Run the same command again, and hold what is there then against what was approved."""
        again = self.crashing.operator.mailwave(*self.apply)
        assert 0 == again.code, again.text
        assert FOUNDATION == dict(self.crashing.objects())
        assert FOUNDATION == dict(self.crashing.made), "something was made twice"
        assert [] == left_open(self.crashing.operator, LAYER)
        assert [] == self.crashing.operator.locks()
        assert [] == self.crashing.operator.processes()


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A change to be made, on a cloud of its own."""
    engine.needed()
    with Home.held(tmp_path_factory.mktemp("change") / "rehearsal") as home:
        crashing = Crashing.prepare(home)
        yield Board.of(crashing)
        crashing.close()


@pytest.mark.parametrize("moment", [killed()], ids=str)
def test_a_killed_change_goes_on(board: Board, moment: Moment) -> None:
    """It should end where a clean run ends, with one object each, and then find the change made."""
    board.crashing.put_back(board.reviewed)
    assert board.crashing.killed(moment, *board.apply), "it ended before it could be killed"

    board.judge()

    made = board.crashing.operator.mailwave(*board.apply)
    assert (0, True) == (made.code, "made before" in made.text)


@pytest.mark.parametrize("write", MINE)
def test_what_a_kill_leaves_goes_on(board: Board, write: int) -> None:
    """It should end where a clean run ends from what lay on the disk and in the cloud after any write."""
    left, _ = board.made_in_peace
    board.crashing.put_back(left[write])

    board.judge()


@pytest.mark.skipif(not ALL, reason="it belongs to the loop over all writes")
def test_the_loop_has_been_at_every_write(board: Board) -> None:
    """It should make no more writes in peace than the loop goes through, and no fewer."""
    left, writes = board.made_in_peace
    assert (LAST, list(MINE)) == (writes, sorted(left))
