"""Runs of equal keys: where they begin, and the sums inside them."""

import numpy as np

from mailwave.core.runs import run_starts, running_sums

KEY = np.array([0, 0, 3, 3, 3, 7], dtype=np.int64)


def test_each_run_begins_once() -> None:
    """It should name the first row of each run, and none where there are no rows."""
    assert [0, 2, 5] == run_starts(KEY).tolist()
    assert [] == run_starts(KEY[:0]).tolist()


def test_sums_begin_anew_with_each_run() -> None:
    """It should add up inside a run and never across two."""
    assert [1, 3, 3, 7, 12, 6] == running_sums(np.arange(1, 7), KEY).tolist()
    assert [] == running_sums(KEY[:0], KEY[:0]).tolist()
