"""Which servers the next run may leave out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mailwave.core.intents import Intent, Outcome
from mailwave.core.resuming import DONE, RUN, asked, finished

SAME = asked({"colour": "red"}, "1")


def a_run(number: int, outcome: Outcome | None, *, play: str = "12_roll", wanted: str = SAME) -> Intent:
    return Intent(number, RUN, play, {"asked": wanted}, outcome)


def a_mark(run: int, server: str, outcome: Outcome | None = Outcome.OK) -> Intent:
    return Intent(1000, DONE, f"12_roll {server}", {"run": run, "server": server}, outcome)


MARKS = [a_mark(1, "EX01"), a_mark(2, "EX02"), a_mark(2, "EX03", None)]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([], set()),
        ([a_run(1, Outcome.UNKNOWN)], {"EX01"}),
        ([a_run(1, None), a_run(2, Outcome.FAILED)], {"EX01", "EX02"}),
        ([a_run(1, Outcome.OK), a_run(2, Outcome.FAILED)], {"EX02"}),
        ([a_run(1, Outcome.FAILED), a_run(2, Outcome.OK)], set()),
        ([a_run(1, Outcome.FAILED, play="14_other")], set()),
        ([a_run(1, Outcome.FAILED), a_run(2, Outcome.FAILED, wanted="other")], set()),
        ([a_run(1, Outcome.FAILED, wanted="other"), a_run(2, Outcome.UNKNOWN)], {"EX02"}),
    ],
)
def test_finished(runs: Sequence[Intent], expected: set[str]) -> None:
    """It should count what runs of the same play, for the same, have finished since it last ended well, and no more."""
    assert expected == finished(runs, MARKS, play="12_roll", wanted=SAME)


def test_asked() -> None:
    """It should take two runs for one only with equal variables and unchanged playbooks."""
    assert SAME == asked({"colour": "red"}, "1")
    assert len({SAME, asked({"colour": "blue"}, "1"), asked({"colour": "red"}, "2")}) == 3
