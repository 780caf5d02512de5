"""Repeatable chance: a draw is keyed by (seed, entity, kind of event, n), never by the order of arrival."""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Sequence
from statistics import NormalDist

_STANDARD_NORMAL = NormalDist()


def _digest(seed: int, entity: str, kind: str, n: int) -> bytes:
    return hashlib.blake2b(f"{seed}|{entity}|{kind}|{n}".encode(), digest_size=16).digest()


def uniform(seed: int, entity: str, kind: str, n: int = 0) -> float:
    """A number in the open interval (0, 1)."""
    whole = int.from_bytes(_digest(seed, entity, kind, n)[:7], "big")
    return (whole + 0.5) / (1 << 56)


def guid(seed: int, entity: str, kind: str, n: int = 0) -> str:
    """A GUID in Exchange's usual lower-case form."""
    return str(uuid.UUID(bytes=_digest(seed, entity, kind, n), version=4))


def choice[T](options: Sequence[T], seed: int, entity: str, kind: str, n: int = 0) -> T:
    """One of *options*, each as likely as the others."""
    return options[int(uniform(seed, entity, kind, n) * len(options))]


def log_normal(median: float, sigma: float, seed: int, entity: str, kind: str, n: int = 0) -> float:
    """A log-normal number with the given median; *sigma* is the deviation of its natural logarithm."""
    return median * math.exp(sigma * _STANDARD_NORMAL.inv_cdf(uniform(seed, entity, kind, n)))
