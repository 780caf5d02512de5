"""The plan file: columns of a mailbox and of a right a row, its origin before them, and a seal over every byte.

Its form is that of safetensors: eight bytes with the length of a header in JSON, which says where each column stands
and of which numbers it is, then the columns one after the other, the least significant byte first. It holds all rights
that were planned with, so that whoever plans again need not read the estate if that has not changed.

It is written beside its place and then moved there, so that it is there whole or not at all. The seal is the SHA-256 of
the file with 64 zeros where the seal stands; the plan's own digest, which does not depend on how the file is packed, is
checked as well. Nobody's name or address is in it.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from mailwave.core.calendar import Window
from mailwave.core.delegates.held import NAMES, Held
from mailwave.core.estate import Organisation
from mailwave.core.labels import in_order
from mailwave.core.plan_columns import Origin, Placement
from mailwave.core.population import Population
from mailwave.core.refusals import Refusal

FORM = "mailwave plan 2"
"""The name of this form of the file."""

PEOPLE: Mapping[str, str] = {
    "guid": "U64",
    "bytes": "I64",
    "organisation": "U32",
    "group": "U32",
    "site": "U16",
    "database": "U16",
    "night": "I16",
    "lane": "I8",
    "why": "I8",
}
"""The columns that have a row a mailbox, and their numbers; the widest first, so that all begin where such may."""

RIGHTS: Mapping[str, str] = {"mailbox": "U32", "trustee": "U32", "kind": "I8"}
"""Those that have a row a right."""

_BEGINS = b'{"__metadata__":{"seal":"'
_LENGTH = 8
"""Bytes that say how long the header is."""

_SEAL = slice(_LENGTH + len(_BEGINS), _LENGTH + len(_BEGINS) + 64)
_ZEROS = b"0" * 64

_AT_ONCE = 2**15
"""Rows that are written at a time: as many as stay in the processor's cache."""

_PARQUET, _FIRST_FORM = b"PAR1", b"mailwave plan 1"
"""How a plan file began before it had this form, and what stood in it."""


class PlanFileBroken(Refusal):
    """A file that is no plan, or not as it was written: *problem* says which."""

    def __init__(self, *, file: Path, problem: str) -> None:
        self.file = file
        self.problem = problem
        super().__init__(f"{file} {problem}")


class SavedPlan(NamedTuple):
    """A plan as it was read, what it was made from, its digest, and the rights that it was made with."""

    placement: Placement
    origin: Origin
    digest: str
    held: Held


class _Column(msgspec.Struct):
    """Where a column stands, counted from the end of the header, and of which numbers it is."""

    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


class _About(msgspec.Struct):
    """What stands in the metadata: the *plan* is a `_Beside` in JSON, because they are texts by their form."""

    form: str
    plan: str


class _Beside(msgspec.Struct):
    """What a plan has beside its columns."""

    digest: str
    origin: Origin
    windows: tuple[Window, ...]
    organisations: tuple[Organisation, ...]
    sites: tuple[str, ...]
    databases: tuple[str, ...]
    kinds: tuple[str, ...]


def write_plan(
    file: Path, placement: Placement, held: Held, origin: Origin, digest: str | None = None
) -> str:
    """Write *placement* to *file*, whole or not at all, and return its digest. The same again gives the same bytes.

    *held* are the rights that it was made with. *digest* is that of *placement*, where it is known already.

    Raises:
        OSError: the file cannot be written.
    """
    digest = digest or placement.digest(origin.environment)
    columns = _columns(placement, held)
    header = _header(placement, columns, origin, digest)
    half = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with half.open("wb") as opened:
            _write(opened, header, columns)
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
    with file.open("rb") as opened:
        _refuse_unless_plan(file, opened.read(_SEAL.stop))
        data = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
    if not _is_sealed(data):
        raise PlanFileBroken(
            file=file, problem="was changed since it was written: its seal does not fit its bytes"
        )
    try:
        beside, columns = _read(data)
    except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
        raise PlanFileBroken(file=file, problem="is no plan file of this version") from error
    held = Held(columns["mailbox"], columns["trustee"], columns["kind"])
    placement = _placement(columns, beside, held)
    if placement.digest(beside.origin.environment) != beside.digest:
        raise PlanFileBroken(
            file=file, problem=f"does not hold the plan {beside.digest} that it says it holds"
        )
    return SavedPlan(placement, beside.origin, beside.digest, held)


def _refuse_unless_plan(file: Path, begins: bytes) -> None:
    """Refuse a *file* that does not begin as a plan does."""
    if begins.startswith(_PARQUET) and _FIRST_FORM in file.read_bytes():
        raise PlanFileBroken(
            file=file,
            problem="is a plan of an earlier version, in Parquet: look at it with the version that wrote it, or "
            "plan the estate into another file",
        )
    if len(begins) < _SEAL.stop or begins[_LENGTH : _SEAL.start] != _BEGINS:
        raise PlanFileBroken(file=file, problem="is no plan file: it has no seal of this program's")


def _columns(plan: Placement, held: Held) -> dict[str, NDArray[Any]]:
    people = plan.population
    return {
        "guid": people.guid,
        "bytes": people.bytes,
        "organisation": people.organisation,
        "group": plan.group,
        "mailbox": held.mailbox,
        "trustee": held.trustee,
        "site": people.site,
        "database": people.database,
        "night": plan.night,
        "lane": people.lane,
        "why": plan.why,
        "kind": held.kind,
    }


def _header(plan: Placement, columns: Mapping[str, NDArray[Any]], origin: Origin, digest: str) -> bytes:
    """The header with zeros for its seal, and spaces after it, so that columns begin where the widest number may."""
    people = plan.population
    lists = (people.organisations, people.sites, people.databases)
    beside = _Beside(digest, origin, plan.windows, *lists, NAMES)
    about = msgspec.json.encode(_About(FORM, msgspec.json.encode(beside).decode()))
    places, end = {}, 0
    for name, column in columns.items():
        form = _form(name)
        begin, end = end, end + column.size * np.dtype(_number(form)).itemsize
        places[name] = _Column(form, column.shape, (begin, end))
    header = _BEGINS + _ZEROS + b'",' + about[1:] + b"," + msgspec.json.encode(places)[1:]
    return header + b" " * (-(_LENGTH + len(header)) % _LENGTH)


def _write(opened: BinaryIO, header: bytes, columns: Mapping[str, NDArray[Any]]) -> None:
    """Write the file and put it on the disk; it is sealed last."""
    hashed = hashlib.sha256()
    for part in _parts(header, columns):
        hashed.update(part)
        opened.write(part)
    opened.seek(_SEAL.start)
    opened.write(hashed.hexdigest().encode())
    opened.flush()
    os.fsync(opened.fileno())


def _parts(header: bytes, columns: Mapping[str, NDArray[Any]]) -> Iterator[bytes | memoryview]:
    """All bytes of the file, some at a time."""
    yield len(header).to_bytes(_LENGTH, "little") + header
    for name, column in columns.items():
        for start in range(0, len(column), _AT_ONCE):
            some = np.ascontiguousarray(column[start : start + _AT_ONCE], dtype=_number(_form(name)))
            yield some.data.cast("B")


def _read(data: memoryview) -> tuple[_Beside, dict[str, NDArray[Any]]]:
    """What stands beside the columns, and the columns, copied out of *data*.

    Raises:
        KeyError, TypeError, ValueError, MsgspecError: it is not what `write_plan` writes.
    """
    begins = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    header = msgspec.json.decode(data[_LENGTH:begins], type=dict[str, msgspec.Raw])
    about = msgspec.json.decode(header["__metadata__"], type=_About)
    if about.form != FORM:
        raise ValueError(about.form)
    found = {}
    for name in (*PEOPLE, *RIGHTS):
        column = msgspec.json.decode(header[name], type=_Column)
        place = begins + column.data_offsets[0]
        numbers: NDArray[Any] = np.ndarray(column.shape, _number(column.dtype), data, place)
        kept = numbers.dtype.itemsize in (1, 8)  # what is between is reckoned with as 64 bits
        found[name] = numbers.astype(numbers.dtype.newbyteorder("=") if kept else np.int64)
    return msgspec.json.decode(about.plan, type=_Beside), found


def _placement(columns: Mapping[str, NDArray[Any]], beside: _Beside, held: Held) -> Placement:
    people = Population(
        columns["guid"],
        columns["organisation"],
        columns["site"],
        columns["database"],
        columns["bytes"],
        columns["lane"],
        beside.organisations,
        beside.sites,
        beside.databases,
    )
    night = columns["night"]
    severed = held.only(night[held.mailbox] != night[held.trustee])
    return Placement(people, beside.windows, in_order(columns["group"]), night, columns["why"], severed)


def _form(name: str) -> str:
    return PEOPLE[name] if name in PEOPLE else RIGHTS[name]


def _number(form: str) -> str:
    """The numpy name of the numbers of a *form*, such as U16."""
    return f"<{form[0].lower()}{int(form[1:]) // 8}"


def _is_sealed(data: memoryview) -> bool:
    """Whether the seal in *data* is that of its bytes."""
    hashed = hashlib.sha256(data[: _SEAL.start])
    hashed.update(_ZEROS)
    hashed.update(data[_SEAL.stop :])
    return bytes(data[_SEAL]) == hashed.hexdigest().encode()


def _keep(folder: Path) -> None:
    """Put on the disk that the file is there."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
