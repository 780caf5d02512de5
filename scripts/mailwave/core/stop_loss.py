"""How much may go wrong in a wave, by the ring that it is in: failed mailboxes, and calls at the service desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec


class Budget(msgspec.Struct, frozen=True):
    """So many of a wave's mailboxes: their *share*, but never fewer than *least*."""

    share: float
    least: int

    def of(self, mailboxes: int) -> int:
        """The number for a wave of so many *mailboxes*."""
        return max(int(self.share * mailboxes), self.least)


class Ring(msgspec.Struct, frozen=True):
    """The waves that begin before the share *until* of the planned mailboxes is reached."""

    name: str
    until: float
    failures: Budget
    contacts: Budget


class Counted(NamedTuple):
    """What has gone wrong in a wave: mailboxes that failed or wait for a person, and contacts at the service desk."""

    failures: int = 0
    contacts: int = 0


def ring_among(rings: Sequence[Ring], sizes: Sequence[tuple[str, int]], wave: str) -> Ring:
    """The ring of *wave*: the first that is not used up by the waves before it, of *sizes* in their order."""
    names = [name for name, _ in sizes]
    before = sum(size for _, size in sizes[: names.index(wave)])
    total = sum(size for _, size in sizes)
    return next((ring for ring in rings if before < ring.until * total), rings[-1])


def over_budget(ring: Ring, mailboxes: int, counted: Counted, accepted: Counted) -> str:
    """Why a wave of so many *mailboxes* must stop all others; empty when it need not.

    What a person has *accepted*, in letting it go on before, does not count again.
    """
    found = (
        ("failures", counted.failures - accepted.failures, ring.failures.of(mailboxes)),
        ("contacts at the service desk", counted.contacts - accepted.contacts, ring.contacts.of(mailboxes)),
    )
    over = [
        f"{number} {what}, of which ring {ring.name} allows {most}"
        for what, number, most in found
        if number > most
    ]
    return "; ".join(over)
