"""What is to be placed, and into what: columns of numbers, a row a group or a night."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER = -1
"""The night of a group that is placed in none."""

NEW = -2
"""The night before, of a group that was not in the plan before."""


class Need(NamedTuple):
    """What groups take of one limit: a row a group that needs any of it, in rising order.

    *group* is a place in the list of groups, *amount* is in the limit's own unit, above 0.
    """

    group: Numbers
    amount: Numbers

    def of(self, groups: Numbers) -> Numbers:
        """What each of *groups* takes."""
        if not len(self.group):
            return np.zeros(len(groups), dtype=np.int64)
        all_need = int(self.group[-1]) == len(self.group) - 1
        place = np.minimum(groups if all_need else np.searchsorted(self.group, groups), len(self.group) - 1)
        found: Numbers = np.where(self.group[place] == groups, self.amount[place], 0)
        return found


class Limits(NamedTuple):
    """Each limit as a bucket, a column a limit and a row a night.

    A night begins with what the night before left, plus *refill*, and never with more than *depth*. A limit that holds
    for each night by itself has the same figure in both. What is copied beforehand has a depth of as many days as it
    may be copied ahead.
    """

    names: tuple[str, ...]
    refill: Numbers
    depth: Numbers

    @property
    def nights(self) -> int:
        """How many nights there are."""
        return len(self.refill)

    def only(self, columns: list[int]) -> Limits:
        """Those of *columns* alone."""
        names = tuple(self.names[column] for column in columns)
        return Limits(names, self.refill[:, columns], self.depth[:, columns])


class Calendar(NamedTuple):
    """When groups may move: each has a *pattern*, and *allowed* has a row a pattern and a column a night."""

    pattern: Numbers
    allowed: Flags


class Problem(NamedTuple):
    """Groups with *mailboxes* each, what they need of each limit, what there is, and when they may move.

    *order* is a number a group that does not change when other groups come or go; smaller ones are placed first.
    """

    mailboxes: Numbers
    needs: tuple[Need, ...]
    limits: Limits
    calendar: Calendar
    order: NDArray[np.uint64]

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.mailboxes)


def calendar_of(rows: Flags) -> Calendar:
    """The calendar of groups from a row of nights each, with equal rows as one pattern."""
    packed = np.packbits(rows, axis=1)
    texts = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, pattern = np.unique(texts, return_index=True, return_inverse=True)
    return Calendar(pattern.astype(np.int64), rows[first])
