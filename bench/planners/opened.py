"""Opens our plan file into the two tables that the other planners write: `python -m bench.planners.opened ESTATE OUT`.

It reads the file as anybody could, by its columns and its metadata, and imports nothing of ours.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from bench.planners.terms import read

FORM = "mailwave plan 1"
FILE = "plan.mailwave"


class _Night(msgspec.Struct):
    night: date


class _Beside(msgspec.Struct):
    windows: list[_Night]


def main(estate: Path, out: Path) -> None:
    """Put plan.parquet and severed.parquet beside the plan in *out*."""
    terms = read(estate)
    beside = msgspec.json.decode(pl.read_parquet_metadata(out / FILE)[FORM], type=_Beside)
    days = pl.Series([(window.night - terms.first).days for window in beside.windows], dtype=pl.Int16)
    table = pl.read_parquet(out / FILE).with_columns(_guid(), _day(days))
    table.select("guid", pl.col("group").cast(pl.Int64), "night").write_parquet(out / "plan.parquet")
    pairs = table.select("guid", "trustees").explode("trustees", empty_as_null=True).drop_nulls()
    ends = {"mailbox": pairs["guid"], "trustee": table["guid"].gather(pairs["trustees"])}
    pl.DataFrame(ends).unique(maintain_order=True).write_parquet(out / "severed.parquet")


def _guid() -> pl.Expr:
    """The guid as text, from its two halves."""
    high, low = _hex("high"), _hex("low")
    parts = [
        high.str.slice(0, 8),
        high.str.slice(8, 4),
        high.str.slice(12, 4),
        low.str.slice(0, 4),
        low.str.slice(4, 12),
    ]
    return pl.concat_str(parts, separator="-").alias("guid")


def _hex(half: str) -> pl.Expr:
    """A number as 16 hexadecimal digits."""
    return pl.col(half).map_batches(
        lambda column: pl.Series(
            np.frombuffer(column.to_numpy().astype(">u8").tobytes().hex().encode(), dtype="S16")
        ).cast(pl.String),
        return_dtype=pl.String,
    )


def _day(days: pl.Series) -> pl.Expr:
    return (
        pl.when(pl.col("night") >= 0)
        .then(pl.lit(days).gather(pl.col("night").clip(0)))
        .otherwise(-1)
        .alias("night")
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
