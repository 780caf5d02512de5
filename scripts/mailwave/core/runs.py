"""Columns whose rows are in the order of a key: where each run of equal keys begins, and sums that begin anew there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def run_starts(key: Numbers) -> Numbers:
    """The rows with which a run of equal keys begins; keys are 0 and up."""
    if not len(key):
        return np.empty(0, dtype=np.int64)
    return np.concatenate([[0], np.flatnonzero(key[1:] != key[:-1]) + 1])


def rising(key: Numbers) -> Numbers:
    """The rows in rising order of *key*, equal ones in their order; keys are 0 and up.

    Numbers that hold key and row together are sorted in a third of the time that it takes to sort rows by their key.
    """
    bits = len(key).bit_length()
    if len(key) and int(key.max()) >= 1 << (63 - bits):
        return np.argsort(key, kind="stable")
    packed = key << bits | np.arange(len(key))
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


def running_sums(amount: Numbers, key: Numbers) -> Numbers:
    """For each row the sum of *amount* from the beginning of its run of equal keys up to and with itself."""
    running, starts = np.cumsum(amount), run_starts(key)
    before = np.repeat((running - amount)[starts], np.diff(np.append(starts, len(key))))
    summed: Numbers = running - before
    return summed
