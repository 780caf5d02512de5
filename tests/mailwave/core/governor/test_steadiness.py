"""Limits stay where a site is: they do not swing, and do not follow noise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mailwave.core.governor.govern import Governor
from mailwave.core.governor.readings import Bounds, Limits, Range, Reading, Sample
from tests.mailwave.core.governor.readings import RUNNING, SOURCE

BOUNDS = Bounds(Range(10, 200), Range(10, 200))
READINGS, SETTLED = 120, 20
"""Readings of a site in ten hours, every five minutes; after so many it is known."""

SAMPLED, UNEVEN, DUE = 20, 0.3, 15
"""Moves that are looked at, the deviation of the logarithm of one's pace, and how many are due on an average."""


def lived(carries: int, seed: int, *, stalls: bool) -> list[Limits]:
    """The limits of a site that *carries* so many at once, all the time, and stalls or slows the rest."""
    draws = np.random.default_rng(seed)
    governor, live, found = Governor({"site": BOUNDS}, usual=1.0), Limits(20, 10), []
    for _ in range(READINGS):
        seen = read(live, carries, draws, stalls=stalls)
        governor, limits = governor.governed({"site": seen}, 300)
        live = limits["site"]
        found.append(live)
    return found


def read(live: Limits, carries: int, draws: np.random.Generator, *, stalls: bool) -> Reading:
    """What a reading shows of it, by chance: of twenty moves, and of whoever is due just then."""
    due = int(draws.poisson(DUE))
    syncing = min(due, live.increments)
    active = live.migrations + syncing
    flowing, looked = min(active, carries), min(active, SAMPLED)
    stalled = int(draws.hypergeometric(active - flowing, flowing, looked)) if stalls else 0
    slow = 1.0 if stalls else flowing / active
    crowd = 1 - 0.5 * min(1.0, max(0, active - carries) / carries)
    going = looked - stalled
    pace = float(draws.lognormal(0.0, UNEVEN, going).mean()) * slow * crowd if going else None
    sample = Sample({SOURCE: stalled, RUNNING: going}, pace)
    return Reading(live, live.migrations, syncing, 10**6, due - syncing, 1e15, sample)


@given(st.integers(20, 160), st.integers(0, 2**32 - 1), st.booleans())
def test_limits_do_not_swing(carries: int, seed: int, stalls: bool) -> None:  # noqa: FBT001
    """It should turn round at most twice in six readings at a site that stays as it is, and keep near to it."""
    totals = [its.migrations + its.increments for its in lived(carries, seed, stalls=stalls)][SETTLED:]

    steps = [after - before for before, after in pairwise(totals) if after != before]
    turns = sum((one > 0) != (other > 0) for one, other in pairwise(steps))
    assert turns <= len(totals) / 3
    assert abs(np.mean(totals) - carries) <= max(0.15 * carries, 5)


@given(st.integers(20, 160), st.integers(0, 2**32 - 1), st.booleans())
def test_limits_do_not_follow_noise(carries: int, seed: int, stalls: bool) -> None:  # noqa: FBT001
    """It should set nothing that differs from what is set by no more than a twentieth."""
    for before, after in pairwise(lived(carries, seed, stalls=stalls)):
        apart = abs(after.migrations - before.migrations) + abs(after.increments - before.increments)
        assert not apart or apart > 0.05 * (before.migrations + before.increments)
