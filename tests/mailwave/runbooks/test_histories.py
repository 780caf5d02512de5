"""The checker of histories: each violation that it is for, and beside it the history that is allowed."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.mailwave.rehearsed import histories
from tests.mailwave.rehearsed.histories import MOVE, NOTICE, OK, REFUSED, UNKNOWN, Call, nonsense


def a_history(*lines: str) -> list[Call]:
    """Calls in their order, one a line: `process act what>seen outcome`; `a+` began before the next line's beginning.

    A call whose outcome is unknown never ended.
    """
    calls: list[Call] = []
    moment = 0
    for line in lines:
        process, act, detail, *outcome = line.split()
        what, _, seen = detail.partition(">")
        said = outcome[0] if outcome else OK
        began, ended = moment + 1, moment + 3
        if process.endswith("+"):  # the next one begins and ends while this one is under way
            ended = moment + 6
        moment += 2 if process.endswith("+") else 3
        ends = None if said == UNKNOWN else ended
        calls.append(Call(process.rstrip("+"), "a", act, began, ends, said, what.strip("-"), seen.strip("-")))
    return calls


MOVES = {
    "a second live move": (
        ("1 start b1", "1 read b1>Syncing", "1 start b2"),
        ("1 start b1", "1 read b1>Syncing", "2 start b1"),
    ),
    "a second live move that the service refused": (
        ("1 start b1", "1 start b2 refused"),
        ("1 start b1", "1 withdraw b1", "1 read b1>-", "1 start b2 refused"),
    ),
    "a second move while the first may be there": (
        ("1 start b1 unknown", "2 read b1>Syncing", "2 start b2"),
        ("1 start b1 unknown", "2 read b1>-", "2 start b2"),
    ),
    "a move again after it has moved": (
        ("1 start b1", "1 read b1>Synced", "1 complete b1", "1 read b1>Completed", "1 start b2"),
        ("1 start b1", "1 read b1>Synced", "1 complete b1", "1 read b1>Completed", "1 claim ->moved"),
    ),
    "moved, says the ledger, of what nobody released": (
        ("1 start b1", "1 read b1>Synced", "1 claim ->moved"),
        ("1 start b1", "1 read b1>Synced", "1 complete b1 unknown", "2 claim ->moved"),
    ),
    "deferred, says the ledger, of what is still there": (
        ("1 start b1", "1 withdraw b1 refused", "1 claim ->deferred"),
        ("1 start b1", "1 withdraw b1 unknown", "1 claim ->deferred"),
    ),
    "a completion that came true before it was asked for": (
        ("1 start b1", "1 read b1>Completing", "1 complete b1"),
        ("1 start b1", "1+ complete b1", "2 read b1>Completing"),
    ),
    "a change of what does not exist": (
        ("1 read b1>-", "1 retry b1"),
        ("1 start b1", "1 read b1>Failed", "1 retry b1", "1 read b1>Syncing"),
    ),
    "who is gone is back": (
        ("1 start b1", "1 withdraw b1", "1 claim ->deferred", "1 read b1>Synced"),
        ("1 start b1", "1 withdraw b1 refused", "1 read b1>Synced"),
    ),
    "waiting, says the ledger, of what was started": (
        ("1 start b1", "1 claim ->waiting"),
        ("1 start b1 unknown", "1 claim ->waiting", "1 read b1>Syncing"),
    ),
}
NOTICES = {
    "told twice": (("1 send -", "1 send -"), ("1 send - refused", "1 send -")),
    "told again without a search, and twice in the inbox": (
        ("1 send - unknown", "2 send -", "3 find ->2"),
        ("1 send - unknown", "2 send -", "3 find ->1"),
    ),
    "told again though it was found": (
        ("1 send - unknown", "2 find ->1", "2 send -"),
        ("1 send - unknown", "2 find ->1", "3 find ->1"),
    ),
    "said to be sent, and in no inbox": (("1 send -", "3 find ->0"), ("1 send - unknown", "3 find ->0")),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_move_that_no_order_explains_is_found(name: str) -> None:
    """It should find each violation of a move, and let the near miss pass."""
    wrong, right = (a_history(*lines) for lines in MOVES[name])

    assert (1, 0) == (len(nonsense(wrong, MOVE)), len(nonsense(right, MOVE)))


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_that_no_order_explains_is_found(name: str) -> None:
    """It should find each violation of a notice, and let the near miss pass."""
    wrong, right = (a_history(*lines) for lines in NOTICES[name])

    assert (1, 0) == (len(nonsense(wrong, NOTICE)), len(nonsense(right, NOTICE)))


def test_what_is_found_is_told() -> None:
    """It should name the subject, the call that cannot be, and where the move may have been before it."""
    (found,) = nonsense(a_history("1 start b1", "2 start b2 refused"), MOVE)

    assert ("a", "2", "start", REFUSED) == (
        found.subject,
        found.call.process,
        found.call.act,
        found.call.outcome,
    )
    assert ("('failed', 'b1')", "('synced', 'b1')", "('syncing', 'b1')") == found.states


def test_a_long_history_with_many_unknowns_is_checked() -> None:
    """It should end soon although each unknown call may have taken effect at any moment since."""
    lines = ["1 start b1", *["1 stop b1 unknown", "2 read b1>Syncing"] * 6, *["2 read b1>Syncing"] * 200]

    assert [] == nonsense(a_history(*lines), MOVE)


def test_the_checker_imports_nothing_of_what_it_checks() -> None:
    """It should have nothing of the product, of its simulator, or of who makes the trouble."""
    tree = ast.parse(Path(str(histories.__file__)).read_text(encoding="utf-8"))
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    named |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}

    assert set() == {name.partition(".")[0] for name in named} - sys.stdlib_module_names
