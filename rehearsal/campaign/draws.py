"""Repeatable chance for any set of mailboxes: a draw is keyed by (seed, entity, kind, n), never by order of arrival.

A counter-based generator: the key names the seed and the kind, the counter is (entity, n), and both are stirred by
the finaliser of SplitMix64 (Steele, Lea and Flood, 2014), which numpy does in a dozen passes over the column.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

type Numbers = NDArray[np.float64]
type Words = NDArray[np.uint64]
type Ints = NDArray[np.int64]
type Nights = NDArray[np.int16]
type Codes = NDArray[np.uint8]
type Flags = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)
_UNIT = 2.0**-52


@dataclass(frozen=True)
class Draws:
    """All chance of one *seed*."""

    seed: int

    def uniform(self, kind: str, entities: Ints, n: Ints | int = 0) -> Numbers:
        """Numbers in the open interval (0, 1), one for each of *entities*; *n* is one number or one for each."""
        if not len(entities):
            return np.empty(0)
        words = entities.astype(np.uint64)
        words *= _GOLDEN
        words += _key(self.seed, kind)
        _stir(words)
        words += np.asarray(n, dtype=np.uint64) * _GOLDEN
        _stir(words)
        words >>= np.uint64(12)
        drawn = words.astype(np.float64)
        drawn += 0.5
        drawn *= _UNIT
        return drawn

    def between(self, kind: str, entities: Ints, bounds: tuple[float, float], n: Ints | int = 0) -> Numbers:
        """Numbers between two *bounds*, each as likely as the others."""
        least, most = bounds
        return least + (most - least) * self.uniform(kind, entities, n)

    def log_normal(self, kind: str, entities: Ints, sigma: float, n: Ints | int = 0) -> Numbers:
        """Log-normal numbers with median 1; *sigma* is the deviation of the natural logarithm."""
        drawn: Numbers = ndtri(self.uniform(kind, entities, n))
        return np.exp(sigma * drawn)


@cache
def _key(seed: int, kind: str) -> np.uint64:
    digest = hashlib.blake2b(f"{seed}|{kind}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "big"))


def _stir(words: Words) -> None:
    words ^= words >> _SHIFTS[0]
    words *= _FIRST
    words ^= words >> _SHIFTS[1]
    words *= _SECOND
    words ^= words >> _SHIFTS[2]
