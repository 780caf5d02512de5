"""Columns that say of which group each row is: numbers from 0, in loops compiled to machine code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mailwave.core.compiled import compiled

type Numbers = NDArray[np.int64]
type Flags = NDArray[np.bool_]

NONE = -1
"""What a group has of which no row has anything."""


def in_order(label: Numbers) -> Numbers:
    """*label*, whose numbers are 0 and up, numbered from 0 in the order in which groups come first."""
    return _in_order(label, count(label))


def count(label: Numbers) -> int:
    """How many groups *label* can have: one more than its largest number."""
    return int(label.max(initial=-1)) + 1


def first_rows(label: Numbers) -> Numbers:
    """The first row of each group of *label*, which has no gap: that of its smallest ExchangeGuid."""
    return _first_rows(label, count(label))


def kinds_of(label: Numbers, kind: Numbers) -> tuple[Numbers, Flags]:
    """The *kind* of the first row of each group, and whether others of its rows are of another; kinds are 0 and up."""
    return _kinds_of(label, kind, count(label))


def least_of(label: Numbers, value: Numbers, some: Flags) -> Numbers:
    """The least *value*, 0 and up, of those of *some* rows that each group has; `NONE` where it has none of them."""
    return _least_of(label, value, some, count(label))


@compiled("int64[:](int64[:], int64)")
def _in_order(label: Numbers, groups: int) -> Numbers:
    number, found = np.full(groups, -1), np.empty_like(label)
    following = 0
    for row in range(len(label)):
        if number[label[row]] < 0:
            number[label[row]] = following
            following += 1
        found[row] = number[label[row]]
    return found


@compiled("int64[:](int64[:], int64)")
def _first_rows(label: Numbers, groups: int) -> Numbers:
    found = np.empty(groups, np.int64)
    for row in range(len(label) - 1, -1, -1):
        found[label[row]] = row
    return found


@compiled("Tuple((int64[:], boolean[:]))(int64[:], int64[:], int64)")
def _kinds_of(label: Numbers, kind: Numbers, groups: int) -> tuple[Numbers, Flags]:
    first, mixed = np.full(groups, -1), np.zeros(groups, np.bool_)
    for row in range(len(label)):
        group = label[row]
        if first[group] < 0:
            first[group] = kind[row]
        elif first[group] != kind[row]:
            mixed[group] = True
    return first, mixed


@compiled("int64[:](int64[:], int64[:], boolean[:], int64)")
def _least_of(label: Numbers, value: Numbers, some: Flags, groups: int) -> Numbers:
    found = np.full(groups, -1)
    for row in range(len(label)):
        if some[row]:
            group = label[row]
            if found[group] < 0 or value[row] < found[group]:
                found[group] = value[row]
    return found
