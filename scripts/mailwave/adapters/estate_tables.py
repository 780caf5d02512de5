"""A whole estate in Parquet, every column of it, for the ledger.

The folder is the one of `estate_parquet`: mailboxes.parquet, permissions.parquet and organisations.parquet. Where a
plan needs six columns of the mailboxes, the ledger keeps all of `mailwave.core.estate.Mailbox`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from mailwave.adapters.estate_parquet import NotAnEstate
from mailwave.core.bad_rows import Faults
from mailwave.core.estate import RIGHTS
from mailwave.core.estate_columns import (
    MAILBOX_FIELDS,
    NUMBERS,
    ORGANISATION_FIELDS,
    EstateColumns,
    RightsByRow,
    Rows,
    estate_columns,
)
from mailwave.core.refusals import some
from mailwave.core.scope import BrokenScope
from mailwave.core.vetting import MAILBOXES, ORGANISATIONS, vet

NUMBER = "number"
RIGHT_COLUMNS = ("mailbox", "trustee", "kind")


def read_tables(folder: Path) -> EstateColumns:
    """The estate in *folder*, checked.

    Raises:
        OSError: a file cannot be read.
        BadRows: a text would harm whoever shows it, or an address is none.
        NotAnEstate: a file is no Parquet, has not the columns, or other than whole numbers where those are.
        BrokenScope, NotGuids, Unstorable: as `estate_columns`, which checks the rows.
    """
    bodies = _read(folder / "organisations.parquet", ORGANISATION_FIELDS)
    boxes = _read(folder / "mailboxes.parquet", (NUMBER, *MAILBOX_FIELDS), whole=(NUMBER, *NUMBERS))
    rights = _read(folder / "permissions.parquet", RIGHT_COLUMNS, whole=RIGHT_COLUMNS[:2])
    faults = Faults()
    vet("organisations.parquet", bodies, ORGANISATIONS, faults)
    vet("mailboxes.parquet", boxes, MAILBOXES, faults)
    faults.refuse_if_any()
    found = _by_row(rights, boxes[NUMBER])
    return estate_columns(bodies.fill_null(""), boxes.drop(NUMBER), found)


def _read(file: Path, columns: tuple[str, ...], whole: tuple[str, ...] = ()) -> pl.DataFrame:
    try:
        held = pl.read_parquet_schema(file)
        missing = [name for name in columns if name not in held]
        if missing:
            raise NotAnEstate(file=file, problem=f"lacks the column {some(missing)}")
        broken = [name for name in whole if not held[name].is_integer()]
        if broken:
            raise NotAnEstate(file=file, problem=f"has no whole numbers in {some(broken)}")
        return pl.read_parquet(file, columns=list(columns))
    except (pl.exceptions.PolarsError, BaseExceptionGroup) as error:
        raise NotAnEstate(file=file, problem="cannot be read as Parquet") from error


def _by_row(rights: pl.DataFrame, number: pl.Series) -> RightsByRow:
    """*rights*, which name mailboxes by *number*, by their rows; -1 for a number that is none."""
    kind = rights["kind"].cast(pl.String).cast(pl.Enum(RIGHTS), strict=False)
    if kind.null_count():
        names = sorted(map(str, rights["kind"].filter(kind.is_null()).unique().head(10).to_list()))
        raise BrokenScope(problem=f"a right is none of {', '.join(RIGHTS)}", names=names)
    if number.null_count() or number.n_unique() < len(number) or (number < 0).any():
        raise BrokenScope(problem="the numbers of the mailboxes are not each there once", names=[NUMBER])
    numbers = number.cast(pl.Int64).to_numpy()
    row_of = np.full(int(numbers.max(initial=-1)) + 2, -1, dtype=np.int64)
    row_of[numbers] = np.arange(len(numbers))

    def rows(name: str) -> Rows:
        end = rights[name].fill_null(-1).cast(pl.Int64, strict=False).fill_null(-1).to_numpy()
        found: Rows = row_of[np.where((end >= 0) & (end < len(row_of) - 1), end, len(row_of) - 1)]
        return found

    return RightsByRow(rows("mailbox"), rows("trustee"), kind.to_physical().to_numpy().astype(np.int64))
