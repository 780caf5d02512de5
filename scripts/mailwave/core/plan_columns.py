"""A plan as columns: the night of each mailbox, its group, why, and the rights that it severs for a time."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple
from unicodedata import is_normalized

import msgspec
import numpy as np
from numpy.typing import NDArray

from mailwave.core.calendar import Window
from mailwave.core.delegates.held import Held
from mailwave.core.labels import first_rows
from mailwave.core.manifest import canonical, canonical_texts
from mailwave.core.placement.problem import NEVER, Flags
from mailwave.core.population import Numbers, Population

_AT_ONCE = 2**14
"""Rows that are taken into a digest at a time: as many as stay in the processor's cache."""


class Origin(msgspec.Struct, frozen=True):
    """What a plan was made from.

    *profile* names the limits that it was planned with, *inputs* has the digest of each input by its name, *tool* is
    the version of this program.
    """

    environment: str
    seed: int
    profile: str
    inputs: dict[str, str]
    tool: str


class Placement(NamedTuple):
    """The plan of *population*: all columns have a row a mailbox, in its order.

    *label* is the number of the group, in the order in which groups come first; *night* a place in *windows*, or
    `NEVER`; *why* a place in `mailwave.core.placement.reasons.WHYS`. *severed* are the rights whose two ends do
    not move in one night.
    """

    population: Population
    windows: tuple[Window, ...]
    label: Numbers
    night: Numbers
    why: NDArray[np.int8]
    severed: Held

    @property
    def together(self) -> Numbers:
        """For each severed right the night after which both ends are on one side; `NEVER` when that is not known."""
        one, other = self.night[self.severed.mailbox], self.night[self.severed.trustee]
        later: Numbers = np.where((one == NEVER) | (other == NEVER), NEVER, np.maximum(one, other))
        return later

    def without_night(self, rows: Flags) -> Placement:
        """The plan, in which the mailboxes of *rows* have no night."""
        return self._replace(night=np.where(rows, NEVER, self.night))

    @property
    def group(self) -> Numbers:
        """For each mailbox the first row of its group."""
        rows: Numbers = first_rows(self.label)[self.label]
        return rows

    @property
    def days(self) -> Numbers:
        """For each mailbox the local day of its night as an ordinal; 0 without one."""
        ordinals = np.array([*(window.night.toordinal() for window in self.windows), 0], dtype=np.int64)
        found: Numbers = ordinals[self.night]
        return found

    def digest(self, environment: str) -> str:
        """The plan's identity: sha256 over who moves when and with whom, whatever order its input came in.

        It covers the windows in which somebody moves, and for each mailbox guid, group and night. Columns are taken as
        numbers of 8 bytes, the least significant first; guids in the order of their digits. Why a mailbox has its night
        is not part of it, nor what the plan was made from.
        """
        count = np.bincount(self.night[self.night != NEVER], minlength=len(self.windows))
        windows = [
            window for window, mailboxes in zip(self.windows, count.tolist(), strict=True) if mailboxes
        ]
        hashed = hashlib.sha256(canonical({"environment": environment, "windows": windows}))
        _take_in(hashed, self.population.guid, form=">u8")
        _take_in(hashed, self.group)
        _take_in(hashed, self.days)
        _take_in(hashed, *self.severed)
        return "sha256:" + hashed.hexdigest()


def placement(
    population: Population,
    held: Held,
    windows: tuple[Window, ...],
    label: Numbers,
    night_of_group: Numbers,
    why_of_group: NDArray[np.int8],
) -> Placement:
    """The plan in which each group moves in its night."""
    night, why = night_of_group[label], why_of_group[label]
    apart = night[held.mailbox] != night[held.trustee]
    return Placement(population, windows, label, night, why, held.only(apart))


def population_digest(population: Population) -> str:
    """The identity of the mailboxes that are planned, with all that a plan looks at."""
    hashed = hashlib.sha256(_names((population.organisations, population.sites, population.databases)))
    _take_in(hashed, population.guid, form=">u8")
    for column in population[1:6]:
        _take_in(hashed, column)
    return "sha256:" + hashed.hexdigest()


def held_digest(held: Held) -> str:
    """The identity of the rights that are planned with."""
    hashed = hashlib.sha256()
    _take_in(hashed, *held)
    return "sha256:" + hashed.hexdigest()


def _names(lists: tuple[tuple[object, ...], ...]) -> bytes:
    """The canonical form of lists of names: quickly, where all texts are in form C already."""
    quickly = canonical_texts(lists)
    return quickly if is_normalized("NFC", quickly.decode()) else canonical(lists)


def _take_in(hashed: hashlib._Hash, *columns: NDArray[Any], form: str = "<i8") -> None:
    """Go on with *hashed* over the numbers of *columns*, a row after the other, in a *form* that machines agree on."""
    for start in range(0, len(columns[0]), _AT_ONCE):
        rows = np.column_stack([column[start : start + _AT_ONCE] for column in columns])
        hashed.update(np.ascontiguousarray(rows, dtype=form))
