"""Delegate rights by the rows of a population, and which of them a plan severs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mailwave.core.delegates import loops
from mailwave.core.delegates.rights import KINDS, Rights
from mailwave.core.estate import Permission
from mailwave.core.population import Numbers, Population, guid_columns, guid_texts

NAMES = tuple(KINDS)
"""The kinds of rights in the order of their numbers."""

_PRICES = np.array([kind.price for kind in KINDS.values()], dtype=np.int64)
_HARD = np.array([kind.hard for kind in KINDS.values()], dtype=np.bool_)


class Held(NamedTuple):
    """A right a row, in the order of mailbox, trustee and kind; each stands once.

    *mailbox* and *trustee* are rows of a population, *kind* is a place in `NAMES`.
    """

    mailbox: Numbers
    trustee: Numbers
    kind: NDArray[np.int8]

    @property
    def rights(self) -> Rights:
        """The same with the price of each."""
        return Rights(self.mailbox, self.trustee, _PRICES[self.kind])

    @property
    def hard(self) -> NDArray[np.bool_]:
        """Which of them stop working while they are severed."""
        return _HARD[self.kind]

    def only(self, rows: Numbers | NDArray[np.bool_]) -> Held:
        """The rights in *rows*, which keep their order."""
        return Held(self.mailbox[rows], self.trustee[rows], self.kind[rows])

    def permissions(self, population: Population) -> list[Permission]:
        """The same as values."""
        owners = guid_texts(population.guid[self.mailbox])
        trustees = guid_texts(population.guid[self.trustee])
        kinds = self.kind.tolist()
        return [Permission(*row[:2], NAMES[row[2]]) for row in zip(owners, trustees, kinds, strict=True)]


type _Whole = NDArray[np.integer[Any]]


def held(mailbox: _Whole, trustee: _Whole, kind: _Whole, count: int) -> Held:
    """Rights given in any order and any number of times, on and by *count* mailboxes."""
    row, name = count.bit_length(), len(NAMES).bit_length()
    key = mailbox.astype(np.int64)
    for bits, column in ((row, trustee), (name, kind)):  # in place: each column of a nation is 20 MB
        key <<= bits
        key |= column
    key.sort()
    return Held(*loops.unpacked(key, row, name))


def of_permissions(population: Population, permissions: Iterable[Permission]) -> Held:
    """Those of *permissions* that both hold and are held by mailboxes of *population*."""
    rows = list(permissions)
    mailbox, trustee = (
        population.places(guid_columns([getattr(row, end) for row in rows])) for end in ("guid", "trustee")
    )
    place = {name: n for n, name in enumerate(NAMES)}
    kind = np.array([place[row.kind] for row in rows], dtype=np.int64)
    inside = (mailbox >= 0) & (trustee >= 0)
    return held(mailbox[inside], trustee[inside], kind[inside], max(population.size, 1))
