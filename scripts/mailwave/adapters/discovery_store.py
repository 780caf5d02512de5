"""What discovery has read, in a folder: Parquet parts, each whole or not there at all, and a small state file.

``state.json`` lists the readings. A part is a folder ``readings/<number>/<name>`` with a Parquet file a table, and the
file ``note`` where something belongs to it that is no row, such as the token of a delta query. It is written under
another name, flushed to the disk, and renamed: whoever asks for the next page has the last one for good.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec
import polars as pl

from mailwave.core.discovery.fold import READING, SOURCE
from mailwave.core.discovery.readings import Reading
from mailwave.core.discovery.refusals import StoreBroken
from mailwave.core.discovery.tables import TABLES, Part, empty

VERSION = 1
"""Of the form of the folder; another is refused."""

_STATE, _READINGS, _NOTE, _NEW = "state.json", "readings", "note", ".new"


class _State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    environment: str
    readings: tuple[Reading, ...] = ()


class DiscoveryStore:
    """The store of *environment* in *folder*, which is made when something is kept first."""

    def __init__(self, folder: Path, environment: str) -> None:
        self.folder = folder
        self._environment = environment

    def readings(self) -> tuple[Reading, ...]:
        """Every reading, in its order.

        Raises:
            StoreBroken: the state cannot be read, or is another environment's.
        """
        try:
            state = msgspec.json.decode((self.folder / _STATE).read_bytes(), type=_State)
        except FileNotFoundError:
            return ()
        except msgspec.DecodeError as error:
            raise StoreBroken(folder=self.folder, problem=f"{_STATE} is damaged ({error})") from error
        if (state.version, state.environment) != (VERSION, self._environment):
            said = f"it is of {state.environment}, version {state.version}"
            raise StoreBroken(folder=self.folder, problem=said)
        return state.readings

    def write(self, reading: Reading) -> None:
        """Make *reading* the last, in the place of what is known of it or after all others; its parts stay.

        What no later reading rests on any more goes: the parts of one that was given up, and of all before a whole one.
        """
        others = tuple(each for each in self.readings() if each.number != reading.number)
        kept = tuple(each for each in others if each.ended)
        if reading.ended and reading.is_whole:
            kept = ()
        state = _State(VERSION, self._environment, (*kept, reading))
        self.folder.mkdir(parents=True, exist_ok=True)
        _durably(self.folder / _STATE, msgspec.json.encode(state))
        numbers = {str(each.number) for each in state.readings}
        for folder in (self.folder / _READINGS).glob("*"):
            if folder.name not in numbers:
                shutil.rmtree(folder)

    def has(self, reading: Reading, name: str) -> bool:
        """Whether the part *name* of *reading* was kept."""
        return self._part(reading, name).is_dir()

    def keep(self, reading: Reading, source: str, name: str, part: Part, note: str = "") -> None:
        """Keep *part*, what *source* said, under *name*; it outlives a kill once this has returned."""
        place = self._part(reading, name)
        new = place.with_name(f"{place.name}{_NEW}")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        for table, rows in part.items():
            said = rows.with_columns(pl.lit(reading.number).alias(READING), pl.lit(source).alias(SOURCE))
            said.write_parquet(new / f"{table}.parquet")
        if note:
            (new / _NOTE).write_text(note, encoding="utf-8")
        for file in new.iterdir():
            _flush(file)
        _flush(new)
        new.rename(place)
        _flush(place.parent)

    def note(self, reading: Reading, name: str) -> str:
        """The note of a part; empty where it has none."""
        file = self._part(reading, name) / _NOTE
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def names(self, reading: Reading, start: str) -> list[str]:
        """The names of the parts of *reading* that begin with *start*, sorted."""
        found = (self.folder / _READINGS / str(reading.number)).glob(f"{_plain(start)}*")
        return sorted(path.name for path in found if not path.name.endswith(_NEW))

    def tables(self, readings: Sequence[Reading], only: Iterable[str] = TABLES) -> dict[str, pl.DataFrame]:
        """All rows of the tables *only* in *readings*, with the columns ``reading`` and ``source``.

        Raises:
            StoreBroken: a part cannot be read.
        """
        return {name: self._table(name, readings) for name in only}

    def _table(self, name: str, readings: Sequence[Reading]) -> pl.DataFrame:
        none = empty(name).with_columns(
            pl.lit(None, dtype=pl.Int32).alias(READING), pl.lit(None, dtype=pl.String).alias(SOURCE)
        )
        files = [
            file
            for reading in readings
            for file in sorted((self.folder / _READINGS / str(reading.number)).glob(f"*/{name}.parquet"))
            if not file.parent.name.endswith(_NEW)
        ]
        try:
            return pl.concat([none, *(pl.read_parquet(file) for file in files)], how="vertical")
        except pl.exceptions.PolarsError as error:
            problem = f"a part of {name} cannot be read ({str(error).splitlines()[0][:80]})"
            raise StoreBroken(folder=self.folder, problem=problem) from error

    def _part(self, reading: Reading, name: str) -> Path:
        return self.folder / _READINGS / str(reading.number) / _plain(name)


def _plain(name: str) -> str:
    return quote(name, safe="")


def write_found(folder: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write *tables* as Parquet into *folder*, each whole or not at all, over those of before."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        new = folder / f"{name}{_NEW}"
        frame.write_parquet(new)
        _flush(new)
        new.rename(folder / f"{name}.parquet")
    _flush(folder)


def _durably(file: Path, content: bytes) -> None:
    new = file.with_name(f"{file.name}{_NEW}")
    new.write_bytes(content)
    _flush(new)
    new.rename(file)
    _flush(file.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
