"""Opens our plan file into the two tables that the other planners write: `python -m bench.planners.opened ESTATE OUT`.

It reads the file as anybody could, by its header and its columns, and imports nothing of ours.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from bench.planners.terms import read

FILE = "plan.mailwave"


class _Column(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: list[int]


class _Night(msgspec.Struct):
    night: date


class _Beside(msgspec.Struct):
    windows: list[_Night]


def main(estate: Path, out: Path) -> None:
    """Put plan.parquet and severed.parquet beside the plan in *out*."""
    terms = read(estate)
    plan, columns = _read(out / FILE)
    beside = msgspec.json.decode(plan, type=_Beside)
    days = pl.Series([(window.night - terms.first).days for window in beside.windows], dtype=pl.Int16)
    guid = columns["guid"]
    halves = {"high": guid[:, 0], "low": guid[:, 1], "group": columns["group"], "night": columns["night"]}
    table = pl.DataFrame(halves).with_columns(_guid(), _day(days))
    table.select("guid", pl.col("group").cast(pl.Int64), "night").write_parquet(out / "plan.parquet")
    apart = columns["night"][columns["mailbox"]] != columns["night"][columns["trustee"]]
    ends = {end: table["guid"].gather(columns[end][apart]) for end in ("mailbox", "trustee")}
    pl.DataFrame(ends).unique(maintain_order=True).write_parquet(out / "severed.parquet")


def _read(file: Path) -> tuple[str, dict[str, np.ndarray]]:
    """What the plan in *file* says of itself, and its columns."""
    data = file.read_bytes()
    begins = 8 + int.from_bytes(data[:8], "little")
    header = msgspec.json.decode(data[8:begins])
    plan = header.pop("__metadata__")["plan"]
    found = {}
    for name, said in header.items():
        column = msgspec.convert(said, _Column)
        number = f"<{column.dtype[0].lower()}{int(column.dtype[1:]) // 8}"
        place = begins + column.data_offsets[0]
        found[name] = np.ndarray(column.shape, number, data, place)
    return plan, found


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
