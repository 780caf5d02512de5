"""An estate in a folder: a Parquet file a table, and estate.json, which is written last and makes the folder whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import polars as pl

from rehearsal.national import canonical
from rehearsal.national.errors import FolderUnusable
from rehearsal.national.estate import KEYS, NationalEstate

CONTENTS = "estate.json"
GENERATOR = 2
"""Raised whenever the same seed comes to give other rows."""


class Table(msgspec.Struct, frozen=True):
    """One table as written: the digest is of its canonical rows."""

    rows: int
    digest: str


class Contents(msgspec.Struct, frozen=True):
    """What a folder holds. *digest* is that of all tables."""

    generator: int
    seed: int
    digest: str
    tables: dict[str, Table]


def write(
    estate: NationalEstate, folder: Path, *, progress: Callable[[str], None] = lambda _: None
) -> Contents:
    """Write *estate* into *folder*, over an earlier one; a write that is cut off leaves no contents file.

    Raises FolderUnusable.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CONTENTS).unlink(missing_ok=True)
        for name, table in estate.tables.items():
            progress(f"{name}.parquet")
            table.write_parquet(folder / f"{name}.parquet", compression="zstd", compression_level=1)
        progress("digests of canonical rows")
        contents = describe(estate)
        new = folder / f"{CONTENTS}.new"
        new.write_bytes(msgspec.json.format(msgspec.json.encode(contents)))
        new.rename(folder / CONTENTS)
    except OSError as error:
        raise FolderUnusable(folder=str(folder), problem=error.strerror or str(error)) from error
    return contents


def describe(estate: NationalEstate) -> Contents:
    """The rows and digests of *estate*."""
    tables = {
        name: Table(table.height, canonical.digest(table, KEYS[name]))
        for name, table in estate.tables.items()
    }
    whole = canonical.digest_of({name: table.digest for name, table in tables.items()})
    return Contents(GENERATOR, estate.seed, whole, tables)


def read(folder: Path) -> NationalEstate:
    """The estate in *folder*; raises FolderUnusable when there is none, or only part of one."""
    try:
        contents = msgspec.json.decode((folder / CONTENTS).read_bytes(), type=Contents)
        tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in KEYS}
    except FileNotFoundError as error:
        raise FolderUnusable(
            folder=str(folder), problem=f"{error.filename or error} is missing, so no whole estate lies there"
        ) from error
    except (OSError, msgspec.DecodeError, pl.exceptions.PolarsError) as error:
        raise FolderUnusable(folder=str(folder), problem=str(error)) from error
    return NationalEstate(contents.seed, **tables)
