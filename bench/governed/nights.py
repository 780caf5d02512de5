"""Nights drawn by a seed: sites, what they carry and when that changes, the target's hour, the tenant's slots, work.

Nothing of it is published (facts A29, G4). What is assumed is said at each figure; minutes count from the begin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LENGTH = 3000
"""Minutes for which limits are drawn; no night is near it unless its governor fails."""

TENANT = 300
"""Migrations of all endpoints of one type (fact B4)."""

DELTA, DELTA_SIGMA = 13.6, 0.5
"""Minutes of a last sync with its completion: the median of the estate's limits, and its logarithm's deviation."""

COPY, COPY_SIGMA, LONGEST = 40.0, 0.7, 240.0
"""Minutes of a first copy through one unhindered slot; larger ones are moved by day."""


@dataclass(frozen=True)
class Site:
    """A site and its endpoint. *carries* is, minute by minute, how many moves at once run there unhindered.

    Where it *stalls*, the others are shown as stalled; where not, the line is full and all slow down. *copies* and
    *deltas* are the minutes each move takes in an unhindered slot; *pace* is what a reading shows
    there, 1 where it is usual.
    """

    name: str
    carries: NDArray[np.int64]
    stalls: bool
    copies: NDArray[np.float64]
    deltas: NDArray[np.float64]
    pace: float


@dataclass(frozen=True)
class Night:
    """Its *sites*; *target* is how many moves at once the target takes, *tenant* how many slots it gives, by minute."""

    seed: int
    sites: tuple[Site, ...]
    target: NDArray[np.int64]
    tenant: NDArray[np.int64]


def drawn(seed: int) -> Night:
    """The night of *seed*."""
    draws = np.random.default_rng(seed)
    sites = tuple(_site(draws, f"site-{number}") for number in range(1, draws.integers(2, 7)))
    most = sum(int(site.carries.max()) for site in sites)
    target = np.full(LENGTH, most * 2)
    if draws.random() < 0.5:  # the service protects itself for a while (fact B39)
        begin, minutes = draws.integers(30, 360), draws.integers(30, 121)
        target[begin : begin + minutes] = max(5, int(most * draws.uniform(0.2, 0.7)))
    tenant = np.full(LENGTH, TENANT)
    if draws.random() < 0.2:
        tenant[draws.integers(30, 360) :] = 200
    return Night(seed, sites, target, tenant)


def _site(draws: np.random.Generator, name: str) -> Site:
    carries = np.full(LENGTH, draws.integers(20, 141))
    for at in sorted(draws.integers(30, 420, size=draws.integers(1, 4))):
        carries[at:] = np.clip(carries[at] * draws.uniform(0.4, 1.8), 10, 160).astype(int)
    if draws.random() < 0.15:  # it vanishes for an hour
        begin = draws.integers(30, 360)
        carries[begin : begin + 60] = 0
    minutes = float(carries[:420].mean()) * draws.uniform(240, 480)
    for_deltas = minutes * draws.uniform(0.2, 0.6)
    return Site(
        name,
        carries,
        bool(draws.random() < 0.7),
        _work(draws, minutes - for_deltas, COPY, COPY_SIGMA),
        _work(draws, for_deltas, DELTA, DELTA_SIGMA),
        draws.uniform(0.7, 1.3),
    )


def _work(draws: np.random.Generator, minutes: float, median: float, sigma: float) -> NDArray[np.float64]:
    count = max(1, int(minutes / (median * np.exp(sigma**2 / 2))))
    return np.minimum(LONGEST, draws.lognormal(np.log(median), sigma, count))
