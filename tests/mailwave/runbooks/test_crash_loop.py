"""A wave that is killed after each of its effects, one by one: whoever runs it again ends as if nobody had killed it.

The wave has failures, a stall, both doubtful scores and somebody who leaves. A commit tries one boundary in `SAMPLE`;
`make prove` tries all, slice by slice, and prints how many there are. The durable engine either still knows which steps
have ended, or has lost its tables with the process.
"""

from __future__ import annotations

import os

import pytest

from tests.mailwave.rehearsed.forked import clean_run, kill_everywhere

BOUNDARIES = 366
"""The effects of the run, pinned: another number says that the run has become another."""

SAMPLE = 86
SLICE = os.environ.get("CRASH_SLICE", f"0/{SAMPLE}")
"""`k/m`: every boundary whose number is k modulo m."""


@pytest.mark.crash
@pytest.mark.parametrize("remembers", [True, False], ids=["remembers", "forgets"])
def test_whoever_is_killed_anywhere_ends_like_a_clean_run(*, remembers: bool) -> None:
    """It should keep every invariant and end in the clean run's state, wherever it was killed."""
    k, step = map(int, SLICE.split("/"))

    loop = kill_everywhere(lambda n: n % step == k, remembers=remembers)

    print(f"{loop.killed} of {loop.boundaries} boundaries")
    assert [] == loop.wrong
    assert (BOUNDARIES, len(range(k or step, BOUNDARIES + 1, step))) == (loop.boundaries, loop.killed)


def test_the_run_that_is_killed_has_all_of_it() -> None:
    """It should be a wave with a move that failed for good, one of both doubtful scores, and a withdrawal."""
    ends = {why.split(":")[0] for _, why, _ in clean_run()[0]["mailboxes"].values()}

    assert {
        "read back at the target",
        "data consistency score is Poor (fact B31)",
        "its owner has left",
        "client-old",
    } <= ends
