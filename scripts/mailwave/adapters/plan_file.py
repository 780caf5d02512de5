"""The plan file: Parquet with a row a mailbox, its origin beside it, and a seal over every byte.

It is written beside its place and then moved there, so that it is there whole or not at all. The seal is the SHA-256 of
the file with 64 zeros where the seal stands; the plan's own digest, which does not depend on how the file is packed, is
checked as well. Nobody's name or address is in it.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import polars as pl

from mailwave.core.calendar import Window
from mailwave.core.delegates.held import NAMES, Held
from mailwave.core.estate import Organisation
from mailwave.core.plan_columns import Origin, Placement
from mailwave.core.population import Numbers, Population
from mailwave.core.refusals import Refusal

FORM = "mailwave plan 1"
"""The name of this form of the file, under which its metadata stand."""

_SEAL = "mailwave seal"
_ZEROS = b"seal:" + b"0" * 64
_PAGES = 2**17

_FOOTER = 8
"""The last bytes of a Parquet file: the length of its footer, in which the metadata are, and a mark."""


class PlanFileBroken(Refusal):
    """A file that is no plan, or not as it was written: *problem* says which."""

    def __init__(self, *, file: Path, problem: str) -> None:
        self.file = file
        self.problem = problem
        super().__init__(f"{file} {problem}")


class SavedPlan(NamedTuple):
    """A plan as it was read, what it was made from, and its digest."""

    placement: Placement
    origin: Origin
    digest: str


class _Beside(msgspec.Struct):
    """What stands in the metadata."""

    form: str
    digest: str
    origin: Origin
    windows: tuple[Window, ...]
    organisations: tuple[Organisation, ...]
    sites: tuple[str, ...]
    databases: tuple[str, ...]
    kinds: tuple[str, ...]


def write_plan(file: Path, placement: Placement, origin: Origin, digest: str | None = None) -> str:
    """Write *placement* to *file*, whole or not at all, and return its digest. The same again gives the same bytes.

    *digest* is that of *placement*, where it is known already.

    Raises:
        OSError: the file cannot be written.
    """
    population = placement.population
    digest = digest or placement.digest(origin.environment)
    beside = _Beside(
        FORM,
        digest,
        origin,
        placement.windows,
        population.organisations,
        population.sites,
        population.databases,
        NAMES,
    )
    half = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        _table(placement).write_parquet(
            half,
            compression="lz4",  # half of it are digits drawn by lot, which nothing makes smaller
            statistics=False,
            row_group_size=_PAGES,
            metadata={FORM: msgspec.json.encode(beside).decode(), _SEAL: _ZEROS.decode()},
        )
        _seal(half)
        half.replace(file)
        _keep(file.parent)
    finally:
        half.unlink(missing_ok=True)
    return digest


def read_plan(file: Path) -> SavedPlan:
    """The plan in *file*.

    Raises:
        OSError: the file cannot be read.
        PlanFileBroken: it is no plan, or a byte of it is not as it was written.
    """
    data = file.read_bytes()
    if data[:4] != b"PAR1" or data[-4:] != b"PAR1" or _ZEROS[:5] not in data:
        raise PlanFileBroken(
            file=file, problem="is no plan file: it is no Parquet with a seal of this program's"
        )
    if not _is_sealed(data):
        raise PlanFileBroken(
            file=file, problem="was changed since it was written: its seal does not fit its bytes"
        )
    try:
        beside = msgspec.json.decode(pl.read_parquet_metadata(data)[FORM], type=_Beside)
        table = pl.read_parquet(data)
    except (KeyError, msgspec.MsgspecError, pl.exceptions.PolarsError) as error:
        raise PlanFileBroken(file=file, problem="is no plan file of this version") from error
    placement = _placement(table, beside)
    if placement.digest(beside.origin.environment) != beside.digest:
        raise PlanFileBroken(
            file=file, problem=f"does not hold the plan {beside.digest} that it says it holds"
        )
    return SavedPlan(placement, beside.origin, beside.digest)


def _table(plan: Placement) -> pl.DataFrame:
    """The columns of *plan*; each severed right stands in the row of its mailbox."""
    people = plan.population
    columns = {
        "high": people.guid[:, 0],
        "low": people.guid[:, 1],
        "organisation": people.organisation.astype(np.uint32),
        "site": people.site.astype(np.uint16),
        "database": people.database.astype(np.uint16),
        "bytes": people.bytes,
        "lane": people.lane,
        "group": plan.group.astype(np.uint32),
        "night": plan.night.astype(np.int16),
        "why": plan.why,
    }
    severed = {"row": plan.severed.mailbox, "trustees": plan.severed.trustee, "kinds": plan.severed.kind}
    lists = (
        pl.DataFrame(severed)
        .select(
            pl.col("row").cast(pl.UInt32).set_sorted(),  # so that groups are slices, in a sixth of the time
            pl.col("trustees").cast(pl.UInt32),
            pl.col("kinds").cast(pl.UInt8),
        )
        .group_by("row", maintain_order=True)
        .agg("trustees", "kinds")
    )
    rows = pl.DataFrame(columns).with_row_index("row")
    return rows.join(lists, on="row", how="left", maintain_order="left").drop("row")


def _placement(table: pl.DataFrame, beside: _Beside) -> Placement:
    def numbers(name: str) -> Numbers:
        return table[name].cast(pl.Int64).to_numpy()

    population = Population(
        np.stack([table["high"].to_numpy(), table["low"].to_numpy()], axis=1),
        numbers("organisation"),
        numbers("site"),
        numbers("database"),
        numbers("bytes"),
        table["lane"].to_numpy(),
        beside.organisations,
        beside.sites,
        beside.databases,
    )
    first = numbers("group")
    label = (np.cumsum(first == np.arange(len(first))) - 1)[first]
    severed = (
        table.select("trustees", "kinds").with_row_index("row").drop_nulls().explode("trustees", "kinds")
    )
    held = Held(*(severed[name].cast(pl.Int64).to_numpy() for name in ("row", "trustees", "kinds")))
    return Placement(
        population,
        beside.windows,
        label,
        numbers("night"),
        table["why"].to_numpy(),
        held._replace(kind=held.kind.astype(np.int8)),
    )


def _seal(file: Path) -> None:
    """Put the seal where its zeros stand, and the file on the disk."""
    with file.open("r+b") as opened:
        seal = hashlib.file_digest(opened, "sha256").hexdigest().encode()
        opened.seek(-_FOOTER, os.SEEK_END)
        footer = int.from_bytes(opened.read(4), "little") + _FOOTER
        start = opened.seek(-footer, os.SEEK_END)
        opened.seek(start + opened.read().rindex(_ZEROS))
        opened.write(_ZEROS[:5] + seal)
        opened.flush()
        os.fsync(opened.fileno())


def _is_sealed(data: bytes) -> bool:
    """Whether the seal in *data* is that of its bytes."""
    place = data.rfind(_ZEROS[:5]) + len(_ZEROS[:5])
    seal = data[place : place + 64]
    whole = memoryview(data)
    hashed = hashlib.sha256(whole[:place])
    hashed.update(b"0" * 64)
    hashed.update(whole[place + 64 :])
    return seal == hashed.hexdigest().encode()


def _keep(folder: Path) -> None:
    """Put on the disk that the file is there."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
