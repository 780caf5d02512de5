"""A whole estate in Parquet: a folder with mailboxes.parquet, permissions.parquet and organisations.parquet.

Mailboxes have a *number*, by which rights name them; the other columns are those of `mailwave.core.estate`. Columns
that a plan does not need are not read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mailwave.core.delegates.held import NAMES, Held, held
from mailwave.core.estate import Organisation
from mailwave.core.population import (
    LETTERS,
    Guids,
    NotGuids,
    Numbers,
    Population,
    guids_of_letters,
    order_of,
    ordered,
)
from mailwave.core.refusals import Refusal, some
from mailwave.core.scope import BrokenScope

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mailboxes": ("number", "guid", "organisation", "site", "database", "size_bytes"),
    "permissions": ("mailbox", "trustee", "kind"),
    "organisations": ("code", "name", "kind", "region", "icb", "postcode"),
}
"""The columns that are read of each file."""


_AT_ONCE = 2**16
"""Guids that are read at a time, so that their letters need little memory."""

_NO_CODE = "no organisation has the code"

type _Whole = NDArray[np.integer[Any]]


class NotAnEstate(Refusal):
    """A file that is no Parquet, or lacks columns: *file*, and in *problem* what is wrong."""

    def __init__(self, *, file: Path, problem: str) -> None:
        self.file = file
        self.problem = problem
        super().__init__(f"{file} is no table of an estate: it {problem}")


def read_estate(folder: Path) -> tuple[Population, Held]:
    """The mailboxes and rights in *folder*.

    Raises:
        OSError: a file cannot be read.
        NotAnEstate: a file is no Parquet, or has not the columns.
        BrokenScope: a name stands twice, or a reference leads nowhere; it is named.
        NotGuids: a mailbox has no guid.
    """
    tables = {name: _read(folder / f"{name}.parquet", columns) for name, columns in COLUMNS.items()}
    mailboxes = tables["mailboxes"]
    organisations = _organisations(tables["organisations"])
    codes = [organisation.code for organisation in organisations]
    guid = _guids(mailboxes["guid"])
    sites, databases = (sorted(mailboxes[name].unique().to_list()) for name in ("site", "database"))
    places = (
        _among(codes, mailboxes["organisation"], _NO_CODE),
        _among(sites, mailboxes["site"], _NO_CODE),
        _among(databases, mailboxes["database"], _NO_CODE),
    )
    sizes = _numbers(mailboxes["size_bytes"])
    order = order_of(guid)
    population = ordered(guid, places, sizes, (organisations, tuple(sites), tuple(databases)), order)
    return population, _held(tables["permissions"], _numbers(mailboxes["number"])[order])


class Files(NamedTuple):
    """The files of an estate: their *digest*, byte by byte, and *seen*, by which a change is noticed."""

    digest: str
    seen: tuple[tuple[int, int, int], ...]


def files_of(folder: Path) -> Files:
    """The files in *folder* that `read_estate` reads.

    Raises:
        OSError: a file cannot be read.
    """
    seen, hashed = _seen(folder), hashlib.sha256()
    for name in COLUMNS:
        with (folder / f"{name}.parquet").open("rb") as opened:
            hashed.update(hashlib.file_digest(opened, "sha256").digest())
    return Files("sha256:" + hashed.hexdigest(), seen)


def read_unchanged(folder: Path, files: Files) -> tuple[Population, Held]:
    """What `read_estate` reads in *folder*; raise `NotAnEstate`, too, when it is not that of *files* any more."""
    found = read_estate(folder)
    if _seen(folder) != files.seen:
        raise NotAnEstate(file=folder, problem="was changed while it was read; let it be, and run this again")
    return found


def _seen(folder: Path) -> tuple[tuple[int, int, int], ...]:
    """The number, size and time of last change of each file."""
    found = [(folder / f"{name}.parquet").stat() for name in COLUMNS]
    return tuple((each.st_ino, each.st_size, each.st_mtime_ns) for each in found)


def _read(file: Path, columns: Sequence[str]) -> pl.DataFrame:
    try:
        return pl.read_parquet(file, columns=list(columns))
    except pl.exceptions.ColumnNotFoundError as error:
        missing = [name for name in columns if name not in pl.read_parquet_schema(file)]
        raise NotAnEstate(file=file, problem=f"lacks the column {some(missing)}") from error
    except (pl.exceptions.PolarsError, BaseExceptionGroup) as error:
        raise NotAnEstate(file=file, problem="cannot be read as Parquet") from error


def _organisations(table: pl.DataFrame) -> tuple[Organisation, ...]:
    rows = table.select(pl.all().fill_null("")).sort("code").iter_rows()
    found = tuple(Organisation(*row) for row in rows)
    repeated = [one.code for one, other in pairwise(found) if one.code == other.code]
    if repeated:
        raise BrokenScope(problem="more than one organisation has the code", names=repeated)
    return found


def _guids(texts: pl.Series) -> Guids:
    guid = np.empty((len(texts), 2), dtype=np.uint64)
    for start in range(0, len(texts), _AT_ONCE):
        guid[start : start + _AT_ONCE] = _some_guids(texts.slice(start, _AT_ONCE).cast(pl.String))
    return guid


def _some_guids(texts: pl.Series) -> Guids:
    bytes_of_each = pl.Array(pl.UInt8, LETTERS)
    letters = texts.cast(pl.Binary).bin.reinterpret(dtype=bytes_of_each, endianness="little")
    if letters.null_count():
        raise NotGuids([str(text) for text in texts.filter(letters.is_null()).head(10)])
    guid, good = guids_of_letters(letters.to_numpy())
    if not good.all():
        raise NotGuids([str(text) for text in texts.filter(~pl.Series(good)).head(10)])
    return guid


def _among(names: Sequence[str], values: pl.Series, problem: str) -> _Whole:
    """The place of each of *values* in *names*; raise `BrokenScope` with the *problem* where one is not among them."""
    if isinstance(values.dtype, pl.Enum):  # its few names are looked up, not each value
        place = _places(names, values.dtype.categories).gather(values.to_physical())
    else:
        place = _places(names, values.cast(pl.String))
    if place.null_count():
        unknown = values.filter(place.is_null()).unique().head(10).to_list()
        raise BrokenScope(problem=problem, names=sorted(map(str, unknown)))
    return place.to_numpy()  # a byte or two each, which are put into order sooner than eight


def _places(names: Sequence[str], texts: pl.Series) -> pl.Series:
    return texts.cast(pl.Enum(names), strict=False).to_physical()


def _numbers(values: pl.Series) -> Numbers:
    return values.fill_null(0).cast(pl.Int64).to_numpy()


def _held(table: pl.DataFrame, number: NDArray[np.int64]) -> Held:
    """The rights of *table*, whose ends are numbers of mailboxes; *number* is that of each row of the population."""
    row_of = _rows_by_number(number)
    ends = [_ends(table[name]) for name in ("mailbox", "trustee")]
    mailbox, trustee = (_looked_up(row_of, end) for end in ends)
    lost = (mailbox < 0) | (trustee < 0)
    if lost.any():
        pairs = zip(*(end[lost][:10].tolist() for end in ends), strict=True)
        names = [f"{holder} on {owner}" for owner, holder in pairs]
        raise BrokenScope(
            problem="a right is held on or by a mailbox number that is not in the estate", names=names
        )
    kind = _among(NAMES, table["kind"], f"a right is none of {', '.join(NAMES)}")
    return held(mailbox, trustee, kind, max(len(number), 1))


def _ends(numbers: pl.Series) -> _Whole:
    """*numbers* as they are, if they are whole and all there; otherwise with -1 for what is not."""
    if numbers.null_count() or not numbers.dtype.is_integer():
        numbers = numbers.cast(pl.Int64).fill_null(-1)
    return numbers.to_numpy()


def _rows_by_number(number: NDArray[np.int64]) -> NDArray[np.int32]:
    """For each number from 0 on the row that has it in *number*, or -1; the last of all is -1."""
    row_of = np.full(int(number.max(initial=-1)) + 2, -1, dtype=np.int32)
    row_of[number] = np.arange(len(number), dtype=np.int32)
    return row_of


def _looked_up(row_of: NDArray[np.int32], number: _Whole) -> NDArray[np.int32]:
    if len(number) and (number.min() < 0 or number.max() >= len(row_of)):
        number = np.where((number >= 0) & (number < len(row_of)), number, len(row_of) - 1)
    return row_of[number]
