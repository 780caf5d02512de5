"""A campaign of three waves that is killed: wherever that happens, running it again ends as if nobody had killed it.

It is killed at 25 boundaries, spread over the run; `test_crash_loop` kills a smaller one everywhere. After most kills
the durable engine's tables are lost, too: what it remembers is never what is true.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mailwave.rehearsed.crashes import clean_run, crash

SAMPLE = 25


@pytest.mark.crash
@pytest.mark.parametrize("n", range(SAMPLE))
def test_a_killed_campaign_ends_like_a_clean_one(n: int, tmp_path: Path) -> None:
    """It should keep every invariant and end in the clean run's state after a kill at one of its boundaries."""
    boundary = 1 + n * (clean_run()[1] - 1) // (SAMPLE - 1)

    assert crash(tmp_path, boundary, remembers=n % 4 == 1) is not None


@pytest.mark.crash
def test_the_loop_covers_the_run(tmp_path: Path) -> None:
    """It should find nothing to kill after the last boundary, and a run worth killing before it."""
    _, boundaries = clean_run()

    assert boundaries > 500
    assert crash(tmp_path, boundaries + 1) is None
