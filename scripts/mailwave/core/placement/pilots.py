"""Which organisations go first: a sample in which each kind, region and size has its part."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from mailwave.core.estate import Organisation

SIZES = (50, 500, 5_000)
"""Up to so many mailboxes an organisation is small, middling or large; above, it is very large."""


def stratified(bodies: Sequence[tuple[Organisation, int]], count: int, seed: int) -> tuple[str, ...]:
    """The codes of *count* organisations of *bodies*, each with its number of mailboxes, in rising order.

    Each stratum of kind, region and size gets its share of the sample, to one more or less, those first whose fraction
    left over is largest. Inside a stratum, and between equal fractions, a hash of code and *seed* decides, so that the
    sample hardly changes when other organisations come or go.
    """
    strata: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for body, mailboxes in bodies:
        if mailboxes:
            size = sum(mailboxes > limit for limit in SIZES)
            strata[body.kind, body.region, size].append(body.code)
    total = sum(map(len, strata.values()))
    count = min(count, total)
    chosen: list[str] = []
    rest: list[tuple[Fraction, str]] = []
    for codes in strata.values():
        ordered = sorted(codes, key=lambda code: _lot(code, seed))
        exact = Fraction(len(codes) * count, total)
        whole = int(exact)
        chosen += ordered[:whole]
        if exact > whole:
            rest.append((exact - whole, ordered[whole]))
    rest.sort(key=lambda one: (-one[0], _lot(one[1], seed)))
    return tuple(sorted([*chosen, *(code for _, code in rest[: count - len(chosen)])]))


def _lot(code: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{code}".encode()).digest()
