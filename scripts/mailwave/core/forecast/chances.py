"""What the forecast leaves to chance, and how it is drawn: always the same for one seed, run and day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.refusals import Refusal

Reals = NDArray[np.float64]

GB = 10**9
"""Bytes of the GB in which vendors publish rates."""

RATE = 0.66
"""GB an hour and move that plans count on: the mean of the published report (`PUBLISHED`)."""


class Spread(NamedTuple):
    """A figure known only as a least, a likeliest and a greatest value: a triangular distribution."""

    least: float
    likeliest: float
    greatest: float
    source: str

    @property
    def mean(self) -> float:
        """The mean value."""
        return (self.least + self.likeliest + self.greatest) / 3

    def drawn(self, draw: np.random.Generator, size: int) -> Reals:
        """So many values; a spread without width always gives its one value."""
        if self.least == self.greatest:
            return np.full(size, self.least)
        return draw.triangular(self.least, self.likeliest, self.greatest, size)


class Chances(NamedTuple):
    """What may turn out otherwise than planned; the sources stand with each figure.

    *rate* is in GB an hour and move, drawn once a run: nobody knows beforehand how fast this estate's moves are.
    *failing* is the share of attempts that fail, drawn once a run; who failed comes again after *again* days.
    *stalled* is the mean share of a day in which copying stands still, and *clumping* how it is spread over days: the
    less, the more of it falls on few days. After *attempts* a mailbox is given up.
    """

    rate: Spread
    failing: Spread
    again: Spread
    stalled: float
    clumping: float
    attempts: int


PUBLISHED = Chances(
    rate=Spread(
        0.43,
        0.44,
        1.11,
        "Microsoft's example report of 50 moves (Exchange Team Blog, 24 March 2014): least 0.43, mean 0.66, greatest "
        "1.11 GB/h a move; the likeliest value is that which gives the mean",
    ),
    failing=Spread(
        0.01,
        0.03,
        0.065,
        "assumption: no share is published; 1 % refused in validation, 2 % failed in copying, 0.5 % in completion",
    ),
    again=Spread(14, 14, 28, "assumption: after new notice of 14 days at least, and four weeks at most"),
    stalled=0.0455,  # the same report: stalls of 4.55 % overall
    clumping=0.2,  # assumption: half of all stalled hours fall on about one day in fourteen
    attempts=3,  # assumption: then a person looks at it
)
"""The usual chances."""


def certain(rate: float = RATE) -> Chances:
    """No chance at all: nothing fails, nothing stalls, and each move copies *rate* GB an hour."""
    none = Spread(0, 0, 0, "none")
    return Chances(Spread(rate, rate, rate, "fixed"), none, none, 0, 1, 1)


LEAST_RUNS, MOST_RUNS = 10, 20_000
"""From fewer runs no ninetieth percentile can be told from the greatest; more take gigabytes and tell nothing more."""


class RunsRefused(Refusal):
    """A number of runs from which no share of them can be told, or that is far too large."""

    def __init__(self, *, asked: int, least: int, most: int) -> None:
        self.asked = asked
        self.least = least
        self.most = most
        super().__init__(f"{asked} runs were asked for, and between {least} and {most:,} can be reckoned")


class Draws(NamedTuple):
    """What chance gave, a value a run; *seed* goes on to the days."""

    seed: int
    speed: Reals
    """How fast moves copy, as a part of the planned rate; no more than that, for the network may not give it."""
    failing: Reals
    again: NDArray[np.int64]
    """Whole days until who failed comes again."""
    chances: Chances

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self.speed)

    def copying(self, day: int) -> Reals:
        """What is left of each run's copying on *day*, as a part of that of a usual planned day.

        *day* is a proleptic ordinal. The published rate already counts the usual stalls, so that only more or less
        than these changes it.
        """
        mean = self.chances.stalled
        if mean == 0:
            return self.speed
        shape = self.chances.clumping
        stood = _generator(self.seed, day).beta(shape, shape * (1 - mean) / mean, self.runs)
        return self.speed * (1 - stood) / (1 - mean)


def drawn(chances: Chances, runs: int, seed: int, planned_rate: float = RATE) -> Draws:
    """Draw *runs* runs.

    Raises:
        RunsRefused: *runs* is not between `LEAST_RUNS` and `MOST_RUNS`.
    """
    if not LEAST_RUNS <= runs <= MOST_RUNS:
        raise RunsRefused(asked=runs, least=LEAST_RUNS, most=MOST_RUNS)
    draw = _generator(seed, 0)
    speed = np.minimum(chances.rate.drawn(draw, runs) / planned_rate, 1)
    failing = chances.failing.drawn(draw, runs)
    again = np.ceil(chances.again.drawn(draw, runs)).astype(np.int64)
    return Draws(seed, speed, failing, again, chances)


def _generator(seed: int, day: int) -> np.random.Generator:
    """The same numbers for a seed and day whatever else is drawn, so that two cases meet the same luck."""
    return np.random.Generator(np.random.Philox(key=[seed % 2**64, day]))
