"""A campaign that is killed: wherever that happens, running it again ends as if nobody had killed it.

A commit tries 25 boundaries, spread over the run. `make prove` tries all of them, slice by slice. After most kills of
a commit the durable engine's tables are lost, too: what it remembers is never what is true.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.mailwave.rehearsed.crashes import clean_run, crash

SAMPLE = 25
SLICE = os.environ.get("CRASH_SLICE")
"""`k/m`: every boundary whose number is k modulo m, instead of the sample."""


def chosen() -> list[int]:
    """The boundaries of this run, or, of a sample, which of its parts: how many there are is known only after a run."""
    if SLICE is None:
        return list(range(SAMPLE))
    k, step = map(int, SLICE.split("/"))
    return list(range(k or step, clean_run()[1] + 1, step))


@pytest.mark.crash
@pytest.mark.parametrize("n", chosen())
def test_a_killed_campaign_ends_like_a_clean_one(n: int, tmp_path: Path) -> None:
    """It should keep every invariant and end in the clean run's state after a kill at boundary n."""
    boundary = n if SLICE else 1 + n * (clean_run()[1] - 1) // (SAMPLE - 1)

    assert crash(tmp_path, boundary, remembers=n % 4 == 1 or bool(SLICE)) is not None


@pytest.mark.crash
@pytest.mark.skipif(SLICE is not None, reason="no part of a slice")
def test_the_loop_covers_the_run(tmp_path: Path) -> None:
    """It should find nothing to kill after the last boundary, and a run worth killing before it."""
    _, boundaries = clean_run()

    assert boundaries > 500
    assert crash(tmp_path, boundaries + 1) is None
