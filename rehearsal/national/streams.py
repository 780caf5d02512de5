"""Repeatable chance for whole columns: what entity *i* of a stream draws depends on (seed, stream, i) alone.

Philox is counter-based: its key names the stream and its counter the entity, so that columns may be drawn in any
order, or not at all, without changing each other, and a longer column begins like a shorter one. Only its raw 64-bit
words are used, because numpy promises that those never change, and does not promise it for its distributions (NEP 19).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

type Numbers = NDArray[np.float64]
type Words = NDArray[np.uint64]
type Places = NDArray[np.int64]
type Flags = NDArray[np.bool_]

_UNIT = 2.0**-52


@dataclass(frozen=True)
class Streams:
    """The streams of one *seed* (0 to 2^64 - 1). Each method draws entities 0 to *count* - 1 of the stream *name*."""

    seed: int

    def words(self, name: str, count: int) -> Words:
        """Whole 64-bit words."""
        digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
        key = np.array([self.seed, int.from_bytes(digest, "big")], dtype=np.uint64)
        words: Words = np.random.Philox(key=key).random_raw(count)
        return words

    def uniform(self, name: str, count: int) -> Numbers:
        """Numbers in the open interval (0, 1): neither end is ever drawn, so that logarithms and quantiles exist."""
        drawn = (self.words(name, count) >> np.uint64(12)).astype(np.float64)
        drawn += 0.5
        drawn *= _UNIT
        return drawn

    def chance(self, name: str, count: int, probability: float) -> Flags:
        """True with *probability*."""
        return self.uniform(name, count) < probability

    def below(self, name: str, count: int, bound: int) -> Places:
        """Whole numbers from 0 to *bound* - 1, each as likely as the others."""
        return (self.uniform(name, count) * bound).astype(np.int64)

    def spread(self, name: str, count: int, bound: int) -> Places:
        """Whole numbers from -*bound* to *bound*, without 0."""
        drawn = self.below(name, count, 2 * bound) - bound
        return drawn + (drawn >= 0)

    def log_normal(self, name: str, count: int, sigma: float) -> Numbers:
        """Log-normal numbers with median 1; *sigma* is the deviation of the natural logarithm."""
        drawn: Numbers = ndtri(self.uniform(name, count))
        drawn *= sigma
        return np.exp(drawn, out=drawn)

    def shuffled(self, name: str, count: int) -> Places:
        """Each of 0 to *count* - 1 once."""
        return np.argsort(self.words(name, count), kind="stable")


def bounded_pareto(part: Numbers, *, alpha: float, least: float, most: float) -> Numbers:
    """The quantile at *part* (0 to 1) of the power law with exponent *alpha*, from *least* to *most*."""
    left: Numbers = 1.0 - part * (1.0 - (least / most) ** alpha)
    return least * left ** (-1.0 / alpha)
