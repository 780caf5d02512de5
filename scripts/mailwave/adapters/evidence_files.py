"""A folder of evidence: tables of mailboxes (CSV or Parquet) and organisations, attestations and waivers.

``mailboxes*.csv``, ``mailboxes*.parquet``: see `mailwave.core.readiness.evidence`; ``organisations*`` likewise;
``domains*``: what the tenant accepts; ``attestations*.jsonl`` and ``waivers*.jsonl``: one signed statement a line. What
is not there is no evidence, and no error.
"""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import msgspec
import polars as pl

from mailwave.adapters.signatures import Ed25519Verifier
from mailwave.core.bad_rows import CEILING, Faults
from mailwave.core.readiness.attestation import NOBODY, Attestation, Register, Said, SignedWaiver
from mailwave.core.readiness.columns import KINDS, VERSIONS, Estate
from mailwave.core.readiness.evidence import domain_rows, mailbox_columns, organisation_facts
from mailwave.core.readiness.handed_in import HandedIn, counted
from mailwave.core.readiness.rules import RuleBook
from mailwave.core.readiness.scope import Own

MAILBOX_KINDS: Mapping[str, type[pl.DataType]] = dict.fromkeys((*VERSIONS, *KINDS), pl.Categorical)
"""Columns of a table of mailboxes that hold few different texts."""

_FIRST_ROW = 2
"""The line of a table's first row."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_evidence(folder: Path, register: Register = NOBODY, own: Own | None = None) -> HandedIn:
    """Everything in *folder*, as it was handed in; *register* is who may attest and waive.

    Where it is read for one organisation, of others' rows nothing is looked at, and nothing wrong with them is told.

    Raises:
        BadRows: any row of any file cannot be taken; evidence that may be incomplete is none.
    """
    faults = Faults()
    facts = [
        organisation_facts(file.name, *rows)
        for file in sorted(folder.glob("organisations*.*"))
        if (rows := _rows_of(file, faults, "organisation", own and {own.organisation})) is not None
    ]
    tables = sorted(folder.glob("mailboxes*.*"))
    mailboxes = [
        mailbox_columns(file.name, *rows)
        for file in tables
        if (rows := _rows_of(file, faults, "guid", own and own.guids, MAILBOX_KINDS)) is not None
    ]
    domains = [
        domain_rows(file.name, raw, faults)
        for file in sorted(folder.glob("domains*.*"))
        if (raw := _read(file, faults, quiet=own is not None)) is not None
    ]
    code = own and own.organisation
    attestations = _statements(sorted(folder.glob("attestations*.jsonl")), Attestation, faults, code)
    waivers = _statements(sorted(folder.glob("waivers*.jsonl")), SignedWaiver, faults, code)
    if len(tables) > 1:
        faults.add(str(folder), 0, "holds more than one table of mailboxes; hand in one")
    faults.refuse_if_any()
    return HandedIn(
        mailboxes[0] if mailboxes else None,
        pl.concat(facts) if facts else None,
        pl.concat(domains) if domains else None,
        tuple(attestations),
        tuple(waivers),
        register,
    )


def _rows_of(
    file: Path,
    faults: Faults,
    key: str,
    own: Collection[str] | None,
    known: Mapping[str, type[pl.DataType]] = {},
) -> tuple[pl.DataFrame, Faults] | None:
    """The table in *file* and where its faults go; of one whose rows have a *key*, only those whose key is *own*."""
    raw = _read(file, faults, known, quiet=own is not None)
    if raw is None or own is None:
        return None if raw is None else (raw, faults)
    if key not in raw.columns:
        return raw.clear(), faults
    rows = raw.select(pl.col(key).cast(pl.String).is_in(sorted(own)).fill_null(value=False).arg_true())
    return raw[rows.to_series()], _OfRows(faults, rows.to_series().to_list())


class _OfRows(Faults):
    """Notes faults of some rows of a table under the lines that they have in the whole of it."""

    def __init__(self, faults: Faults, rows: Sequence[int]) -> None:
        super().__init__()
        self._all, self._of = faults, rows

    def add(self, file: str, line: int, reason: str) -> None:
        """Note one bad row; lines 0 and 1 are the file's own."""
        self._all.add(file, line if line < _FIRST_ROW else self._of[line - _FIRST_ROW] + _FIRST_ROW, reason)


def read_estate(folder: Path, suffix: str, book: RuleBook, today: date) -> Estate:
    """A whole estate from tables of *folder*, as *suffix* (csv or parquet), without any ledger.

    ``mailboxes`` holds the inventory and the evidence, ``organisations`` the facts, ``rights`` the rows of mailboxes
    (from 0) that a person, another row, holds a right on.

    Raises:
        BadRows: any row of any file cannot be taken.
    """
    faults = Faults()
    mailboxes = read_mailboxes(folder / f"mailboxes.{suffix}", faults)
    file = folder / f"organisations.{suffix}"
    raw = _read(file, faults)
    facts = None if raw is None else organisation_facts(file.name, raw, faults)
    rights = _rights(folder / f"rights.{suffix}", len(mailboxes), faults)
    faults.refuse_if_any()
    found = counted(HandedIn(facts=facts), book, {}, Ed25519Verifier(), datetime.combine(today, time(), UTC))
    return Estate(mailboxes, found.organisations, rights)


def _rights(file: Path, mailboxes: int, faults: Faults) -> pl.DataFrame:
    raw = _read(file, faults, {"mailbox": pl.UInt32, "trustee": pl.UInt32})
    if raw is None:
        return pl.DataFrame(schema={"mailbox": pl.UInt32, "trustee": pl.UInt32})
    ends = pl.max_horizontal("mailbox", "trustee")
    strange = raw.select((ends >= mailboxes).fill_null(value=True).alias("strange"))["strange"].arg_true()
    for row in strange.head(CEILING + 1).to_list():
        faults.add(file.name, row + 2, "is a right on or of a mailbox that is in no row")
    return raw


def read_mailboxes(file: Path, faults: Faults) -> pl.DataFrame:
    """The table of mailboxes in *file*, CSV by its name or else Parquet; every bad row is noted."""
    raw = _read(file, faults, MAILBOX_KINDS)
    return (
        pl.DataFrame(schema={"guid": pl.String}) if raw is None else mailbox_columns(file.name, raw, faults)
    )


def _read(
    file: Path, faults: Faults, known: Mapping[str, type[pl.DataType]] = {}, *, quiet: bool = False
) -> pl.DataFrame | None:
    """The table in *file*, with texts for all columns that are not *known*; None, with a fault noted, without one.

    *quiet*: the fault does not say what stands in the file.
    """
    is_text = file.suffix == ".csv"
    try:
        if not is_text:
            return pl.read_parquet(file)
        return pl.read_csv(_text(file), infer_schema=False, schema_overrides=dict(known))
    except (pl.exceptions.PolarsError, OSError) as error:
        why = "" if quiet else f" ({str(error).splitlines()[0][:80]})"
        faults.add(file.name, 0, f"cannot be read{why}")
        return None


def _text(file: Path) -> Path | io.BytesIO:
    with file.open("rb") as stream:
        has_mark = stream.read(len(_BYTE_ORDER_MARK)) == _BYTE_ORDER_MARK
        return io.BytesIO(stream.read()) if has_mark else file


def statements_of[Kind: (Attestation, SignedWaiver)](
    folder: Path, name: str, kind: type[Kind], organisation: str
) -> list[Kind]:
    """What was signed for *organisation* in its own file called *name* and in that of all; no broken lines."""
    files = (folder / f"{name}.jsonl", folder / f"{name}.{organisation}.jsonl")
    return _statements([file for file in files if file.is_file()], kind, Faults(), organisation)


def _statements[Kind: (Attestation, SignedWaiver)](
    files: Iterable[Path], kind: type[Kind], faults: Faults, own: str | None
) -> list[Kind]:
    """The signed statements in *files*; for one organisation, its *own*."""
    found = []
    for file in files:
        for number, line in enumerate(file.read_bytes().splitlines(), start=1):
            try:
                said = msgspec.json.decode(line, type=kind)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                if own is None:
                    faults.add(file.name, number, f"is no statement of that kind ({error})")
                continue
            if own not in (None, said.organisation):
                continue
            if said.at.tzinfo is None or said.expires.tzinfo is None:
                faults.add(file.name, number, "has a moment without its time zone")
            else:
                found.append(said)
    return found


def append_statement(file: Path, said: Said) -> None:
    """Add *said* to *file*, a line, and make sure that it is on the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as stream:
        stream.write(msgspec.json.encode(said) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
