"""Read an estate, or what changed of it, and say what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import polars as pl

from mailwave.core.discovery.found import Found, found
from mailwave.core.discovery.readings import Reading, counted, following
from mailwave.core.discovery.refusals import NotDiscovered
from mailwave.ports import Clock


class Store(Protocol):
    """Keeps what readings found; each part whole or not at all."""

    def readings(self) -> tuple[Reading, ...]:
        """Every reading, in its order."""
        ...

    def write(self, reading: Reading) -> None:
        """Keep how *reading* stands."""
        ...

    def tables(self, readings: Sequence[Reading]) -> dict[str, pl.DataFrame]:
        """All rows of *readings*, by table."""
        ...


Read = Callable[[Reading], None]
"""Asks what a reading is to know and the store has not got; raises where that cannot be read."""


@dataclass(frozen=True)
class DiscoverEstate:
    """Read the *sites* into *store*, with the *extras* that were asked for."""

    clock: Clock
    store: Store
    sites: tuple[str, ...]
    extras: tuple[str, ...] = ()

    def prepare(self, *, anew: bool = False) -> Reading:
        """The reading that is next: one that was cut off, or for changes, or for everything, as with *anew*."""
        return following(self.store.readings(), self.clock.now(), self.sites, self.extras, anew=anew)

    def run(self, reading: Reading, readers: Sequence[Read]) -> Found:
        """Let each of *readers* read, and keep that *reading* ended; a kill anywhere loses nothing that was read."""
        self.store.write(reading)
        for read in readers:
            read(reading)
        self.store.write(msgspec.structs.replace(reading, ended=self.clock.now()))
        return found_in(self.store)


def found_in(store: Store) -> Found:
    """What *store* holds.

    Raises:
        NotDiscovered: no reading of everything has ended.
    """
    rested_on = counted(store.readings())
    if not rested_on:
        raise NotDiscovered
    return found(store.tables(rested_on))
