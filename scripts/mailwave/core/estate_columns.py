"""An estate as columns, checked and known by the same digest as one of structs, without an object a mailbox."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mailwave.core.estate import RIGHTS, Mailbox, Organisation
from mailwave.core.population import Guids, NotGuids, order_of
from mailwave.core.scope import (
    ADDRESS_TWICE,
    CODE_TWICE,
    GUID_TWICE,
    LARGEST,
    NO_CODE,
    NO_NUMBER,
    NO_SUCH_END,
    BrokenScope,
)
from mailwave.core.texts import LONGEST_KEY, refuse_unstorable

ORGANISATION_FIELDS = tuple(field.name for field in msgspec.structs.fields(Organisation))
MAILBOX_FIELDS = tuple(field.name for field in msgspec.structs.fields(Mailbox))
NUMBERS = ("size_bytes", "items")
TEXTS = tuple(name for name in MAILBOX_FIELDS if name not in NUMBERS)

_GUID = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_ROWS_AT_ONCE = 5_000
"""Their text is some megabytes, which the processor remembers from writing it to the digest: half the time of more."""
_SHOWN = 10
_TRUSTEE_BITS, _KIND_BITS = 30, 4

Rows = NDArray[np.int64]


class EstateColumns(NamedTuple):
    """An estate that fits together: tables with the columns of `mailwave.core.estate`, in the order of their keys.

    *permissions* are distinct, by ``guid``, ``trustee`` and ``kind``.
    """

    organisations: pl.DataFrame
    mailboxes: pl.DataFrame
    permissions: pl.DataFrame


class RightsByRow(NamedTuple):
    """Rights whose ends are rows of a table of mailboxes, -1 for none; *kind* is a place in `RIGHTS`."""

    mailbox: Rows
    trustee: Rows
    kind: Rows


def estate_columns(
    organisations: pl.DataFrame, mailboxes: pl.DataFrame, rights: RightsByRow
) -> EstateColumns:
    """The estate of these tables, in any order of rows.

    Raises:
        BrokenScope: a name stands twice, a cell is empty, a number is none, or a reference leads nowhere.
        NotGuids: a mailbox has no ExchangeGuid in lower case.
        Unstorable: a text cannot be kept as it is.
    """
    bodies = _texts(organisations.select(ORGANISATION_FIELDS), ORGANISATION_FIELDS, "code", keys=("code",))
    boxes = _texts(mailboxes.select(MAILBOX_FIELDS), TEXTS, "guid", keys=("guid", "address", "organisation"))
    boxes = _numbers(boxes)
    bad = boxes["guid"].filter(~boxes["guid"].str.contains(_GUID))
    if len(bad):
        raise NotGuids(bad.head(_SHOWN).to_list())
    _refuse(CODE_TWICE, bodies["code"].filter(bodies["code"].is_duplicated()))
    order = order_of(guid_halves(boxes["guid"]))  # seven times as fast as sorting texts
    boxes = boxes.rechunk()[order]  # rows of one piece: a seventh of the time of three
    _refuse(GUID_TWICE, boxes["guid"].filter(boxes["guid"] == boxes["guid"].shift(1)))
    addresses = folded(boxes["address"])
    if addresses.n_unique() < len(addresses):
        _refuse(ADDRESS_TWICE, addresses.filter(addresses.is_duplicated()))
    owners = boxes["organisation"].unique()
    _refuse(NO_CODE, owners.filter(~owners.is_in(bodies["code"].implode())))
    return EstateColumns(bodies.sort("code"), boxes, _permissions(boxes["guid"], rights, order))


def estate_digest(columns: EstateColumns) -> str:
    """What `mailwave.core.scope.scope_digest` says of the same estate."""
    found = hashlib.sha256(b"[")
    for n, table in enumerate(columns):
        found.update(b",[" if n else b"[")
        for start, part in enumerate(table.select(sorted(table.columns)).iter_slices(_ROWS_AT_ONCE)):
            found.update(b"," if start and part.height else b"")
            found.update(_canonical(part))
        found.update(b"]")
    found.update(b"]")
    return f"sha256:{found.hexdigest()}"


def _canonical(part: pl.DataFrame) -> memoryview:
    """The rows as RFC 8785 has them, with commas between: sorted names, text in form C, whole numbers, nulls."""
    text = _json(part)
    if not text.isascii():
        text = _json(_in_form_c(part))
    return memoryview(text)[1:-1]  # without the brackets of its list


def _json(part: pl.DataFrame) -> bytes:
    text = io.BytesIO()
    part.write_json(text)
    return text.getvalue()


def _in_form_c(part: pl.DataFrame) -> pl.DataFrame:
    foreign = [
        name
        for name, kind in part.schema.items()
        if kind == pl.String and not (part[name].str.len_bytes() == part[name].str.len_chars()).all()
    ]
    return part.with_columns(pl.col(foreign).str.normalize("NFC")) if foreign else part


def guid_halves(texts: pl.Series) -> Guids:
    """The two halves of each of *texts*, which are ExchangeGuids, as numbers; shape (n, 2)."""
    raw = texts.str.replace_all("-", "", literal=True).str.decode("hex")
    halves = [
        raw.bin.slice(start, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big").to_numpy()
        for start in (0, 8)
    ]
    return np.stack(halves, axis=1)


def _texts(table: pl.DataFrame, names: Sequence[str], key: str, keys: Sequence[str]) -> pl.DataFrame:
    """*table* with *names* as text that can be kept; *keys* are indexed."""
    table = table.with_columns(pl.col(names).cast(pl.String))
    for name in names:
        column = table[name]
        if column.null_count():
            _refuse(
                f"a row has no {name}", table[key].filter(column.is_null()).fill_null("a row without a key")
            )
        if name in keys and int(column.str.len_chars().max() or 0) > LONGEST_KEY:  # type: ignore[arg-type]
            refuse_unstorable(column.filter(column.str.len_chars() > LONGEST_KEY)[0], LONGEST_KEY)
        held = column.str.contains("\0", literal=True)
        if held.any():
            refuse_unstorable(column.filter(held)[0])
    return table


def _numbers(boxes: pl.DataFrame) -> pl.DataFrame:
    boxes = boxes.with_columns(pl.col(NUMBERS).cast(pl.Int64, strict=False))
    for name in NUMBERS:
        _refuse(NO_NUMBER, boxes["guid"].filter(~boxes[name].is_between(0, LARGEST)))
    return boxes


def folded(names: pl.Series) -> pl.Series:
    """*names* as they are compared, whatever their case; what is not ASCII folds in ways that only Python knows."""
    foreign = names.str.len_bytes() != names.str.len_chars()
    lower = names.str.to_lowercase()
    if not foreign.any():
        return lower
    places = foreign.arg_true()
    return lower.scatter(places, [text.casefold() for text in names.gather(places)])


def _permissions(guid: pl.Series, rights: RightsByRow, order: Rows) -> pl.DataFrame:
    """The rights by guid, sorted, each once; their ends are rows before *order* was made."""
    if _is_lost(rights.mailbox, len(order)).any() or _is_lost(rights.trustee, len(order)).any():
        raise BrokenScope(problem=NO_SUCH_END, names=_lost(rights, len(order)))
    row_now = np.empty(len(order), dtype=np.int64)
    row_now[order] = np.arange(len(order))
    packed = np.sort(  # not numpy.unique, whose table of hashes is seven times as slow on millions
        (row_now[rights.mailbox] << (_TRUSTEE_BITS + _KIND_BITS))
        | (row_now[rights.trustee] << _KIND_BITS)
        | rights.kind
    )
    packed = packed[np.diff(packed, prepend=-1) != 0]
    kinds = pl.Series(RIGHTS, dtype=pl.String)
    return pl.DataFrame(
        {
            "guid": guid.gather(packed >> (_TRUSTEE_BITS + _KIND_BITS)),
            "trustee": guid.gather((packed >> _KIND_BITS) & (2**_TRUSTEE_BITS - 1)),
            "kind": kinds.gather(packed & (2**_KIND_BITS - 1)),
        }
    )


def _is_lost(ends: Rows, count: int) -> NDArray[np.bool_]:
    return (ends < 0) | (ends >= count)


def _lost(rights: RightsByRow, count: int) -> list[str]:
    lost = np.flatnonzero(_is_lost(rights.mailbox, count) | _is_lost(rights.trustee, count))
    return [f"row {row + 1} of the rights" for row in lost[:_SHOWN].tolist()]


def _refuse(problem: str, names: pl.Series) -> None:
    if len(names):
        raise BrokenScope(problem=problem, names=names.unique().sort().head(_SHOWN).to_list())
