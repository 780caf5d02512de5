"""A whole estate in Parquet: a folder with mailboxes.parquet, permissions.parquet and organisations.parquet.

Mailboxes have a *number*, by which rights name them; the other columns are those of `mailwave.core.estate`. Columns
that a plan does not need are not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from mailwave.core.delegates.held import NAMES, Held, held
from mailwave.core.estate import Organisation
from mailwave.core.population import Guids, NotGuids, Numbers, Population, order_of, ordered
from mailwave.core.refusals import Refusal, some
from mailwave.core.scope import BrokenScope

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "mailboxes": ("number", "guid", "organisation", "site", "database", "size_bytes"),
    "permissions": ("mailbox", "trustee", "kind"),
    "organisations": ("code", "name", "kind", "region", "icb", "postcode"),
}
"""The columns that are read of each file."""


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
        _places_in(codes, mailboxes["organisation"]),
        _places_in(sites, mailboxes["site"]),
        _places_in(databases, mailboxes["database"]),
    )
    sizes = _numbers(mailboxes["size_bytes"])
    order = order_of(guid)
    population = ordered(guid, places, sizes, (organisations, tuple(sites), tuple(databases)), order)
    return population, _held(tables["permissions"], _numbers(mailboxes["number"])[order])


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
    raw = texts.str.replace_all("-", "", literal=True).str.decode("hex", strict=False)
    good = (raw.bin.size() == 16).fill_null(value=False)
    if not good.all():
        raise NotGuids([str(text) for text in texts.filter(~good).head(10)])
    halves = [
        raw.bin.slice(start, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big").to_numpy()
        for start in (0, 8)
    ]
    return np.stack(halves, axis=1)


def _places_in(names: Sequence[str], values: pl.Series) -> Numbers:
    place = values.cast(pl.String).cast(pl.Enum(names), strict=False)
    if place.null_count():
        unknown = values.filter(place.is_null()).unique().head(10).to_list()
        raise BrokenScope(problem="no organisation has the code", names=sorted(map(str, unknown)))
    return place.to_physical().to_numpy().astype(np.int64)


def _numbers(values: pl.Series) -> Numbers:
    return values.fill_null(0).cast(pl.Int64).to_numpy()


def _held(table: pl.DataFrame, number: Numbers) -> Held:
    """The rights of *table*, whose ends are numbers of mailboxes; *number* is that of each row of the population."""
    row_of = np.full(int(number.max(initial=-1)) + 2, -1, dtype=np.int64)
    row_of[number] = np.arange(len(number))
    ends = [_numbers(table[name]) for name in ("mailbox", "trustee")]
    known = [np.where((end >= 0) & (end < len(row_of) - 1), end, len(row_of) - 1) for end in ends]
    mailbox, trustee = row_of[known[0]], row_of[known[1]]
    lost = (mailbox < 0) | (trustee < 0)
    if lost.any():
        pairs = zip(ends[0][lost][:10].tolist(), ends[1][lost][:10].tolist(), strict=True)
        names = [f"{trustee} on {mailbox}" for mailbox, trustee in pairs]
        raise BrokenScope(
            problem="a right is held on or by a mailbox number that is not in the estate", names=names
        )
    kind = table["kind"].cast(pl.String).cast(pl.Enum(NAMES), strict=False)
    if kind.null_count():
        names = sorted(map(str, table["kind"].filter(kind.is_null()).unique().head(10).to_list()))
        raise BrokenScope(problem=f"a right is none of {', '.join(NAMES)}", names=names)
    return held(mailbox, trustee, kind.to_physical().to_numpy().astype(np.int64), max(len(number), 1))
