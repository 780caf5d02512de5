"""Columns whose rows are in the order of a key: where each run of equal keys begins, and sums that begin anew there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def run_starts(key: Numbers) -> Numbers:
    """The rows with which a run of equal keys begins; keys are 0 and up."""
    return np.flatnonzero(np.diff(key, prepend=-1))


def running_sums(amount: Numbers, key: Numbers) -> Numbers:
    """For each row the sum of *amount* from the beginning of its run of equal keys up to and with itself."""
    running, starts = np.cumsum(amount), run_starts(key)
    before = np.repeat((running - amount)[starts], np.diff(np.append(starts, len(key))))
    summed: Numbers = running - before
    return summed
