"""Runs of equal keys: where they begin, and the sums inside them."""

import numpy as np

from mailwave.core.runs import rising, run_starts, running_sums

KEY = np.array([0, 0, 3, 3, 3, 7], dtype=np.int64)


def test_each_run_begins_once() -> None:
    """It should name the first row of each run, and none where there are no rows."""
    assert [0, 2, 5] == run_starts(KEY).tolist()
    assert [] == run_starts(KEY[:0]).tolist()


def test_sums_begin_anew_with_each_run() -> None:
    """It should add up inside a run and never across two."""
    assert [1, 3, 3, 7, 12, 6] == running_sums(np.arange(1, 7), KEY).tolist()
    assert [] == running_sums(KEY[:0], KEY[:0]).tolist()


def test_rows_rise_with_their_key() -> None:
    """It should sort rows by key, equal ones in their order, for keys that leave room for a row's number or none."""
    for most in (3, 2**40, 2**62):
        key = np.array([most, 0, most - 1, 0, most], dtype=np.int64)

        assert [1, 3, 2, 0, 4] == rising(key).tolist()
    assert [] == rising(KEY[:0]).tolist()
