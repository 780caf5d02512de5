"""A folder of evidence: tables of mailboxes (CSV or Parquet) and organisations, attestations, administrators.

``mailboxes*.csv``, ``mailboxes*.parquet``: see `mailwave.core.readiness.evidence`; ``organisations*`` likewise;
``attestations*.jsonl``: one signed attestation a line. What is not there is no evidence, and no error.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

import msgspec
import polars as pl

from mailwave.adapters.signatures import Ed25519Verifier
from mailwave.core.bad_rows import CEILING, Faults
from mailwave.core.readiness.attestation import Administrator, Attestation
from mailwave.core.readiness.columns import KINDS, VERSIONS, Estate
from mailwave.core.readiness.evidence import mailbox_columns, organisation_facts
from mailwave.core.readiness.handed_in import HandedIn, organisations_of
from mailwave.core.readiness.rules import RuleBook
from mailwave.core.table import named_rows

ADMINISTRATOR_COLUMNS = ("who", "organisation", "public_key")

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_evidence(folder: Path, administrators: Path | None = None) -> HandedIn:
    """Everything in *folder*, as it was handed in; *administrators* is a table of who may attest for which.

    Raises:
        BadRows: any row of any file cannot be taken; evidence that may be incomplete is none.
    """
    faults = Faults()
    facts = [
        organisation_facts(file.name, raw, faults)
        for file in sorted(folder.glob("organisations*.*"))
        if (raw := _read(file, faults)) is not None
    ]
    mailboxes = [read_mailboxes(file, faults) for file in sorted(folder.glob("mailboxes*.*"))]
    attestations = [
        said for file in sorted(folder.glob("attestations*.jsonl")) for said in _attestations(file, faults)
    ]
    known = _administrators(administrators, faults) if administrators else ()
    if len(mailboxes) > 1:
        faults.add(str(folder), 0, "holds more than one table of mailboxes; hand in one")
    faults.refuse_if_any()
    return HandedIn(
        mailboxes[0] if mailboxes else None,
        pl.concat(facts) if facts else None,
        tuple(attestations),
        known,
    )


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
    organisations, _ = organisations_of(
        HandedIn(facts=facts), book, Ed25519Verifier(), datetime.combine(today, time(), UTC)
    )
    return Estate(mailboxes, organisations, rights)


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
    raw = _read(file, faults, dict.fromkeys((*VERSIONS, *KINDS), pl.Categorical))
    return (
        pl.DataFrame(schema={"guid": pl.String}) if raw is None else mailbox_columns(file.name, raw, faults)
    )


def _read(file: Path, faults: Faults, known: Mapping[str, type[pl.DataType]] = {}) -> pl.DataFrame | None:
    """The table in *file*, with texts for all columns that are not *known*; None, with a fault noted, without one."""
    is_text = file.suffix == ".csv"
    try:
        if not is_text:
            return pl.read_parquet(file)
        return pl.read_csv(_text(file), infer_schema=False, schema_overrides=dict(known))
    except (pl.exceptions.PolarsError, OSError) as error:
        faults.add(file.name, 0, f"cannot be read ({str(error).splitlines()[0][:80]})")
        return None


def _text(file: Path) -> Path | io.BytesIO:
    with file.open("rb") as stream:
        has_mark = stream.read(len(_BYTE_ORDER_MARK)) == _BYTE_ORDER_MARK
        return io.BytesIO(stream.read()) if has_mark else file


def _attestations(file: Path, faults: Faults) -> list[Attestation]:
    found = []
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        try:
            said = msgspec.json.decode(line, type=Attestation)
        except msgspec.MsgspecError as error:
            faults.add(file.name, number, f"is no attestation ({error})")
            continue
        if said.at.tzinfo is None or said.expires.tzinfo is None:
            faults.add(file.name, number, "has a moment without its time zone")
        else:
            found.append(said)
    return found


def _administrators(file: Path, faults: Faults) -> tuple[Administrator, ...]:
    rows = named_rows(file.name, file.read_bytes(), required=ADMINISTRATOR_COLUMNS, faults=faults)
    found: dict[str, Administrator] = {}
    for row in rows:
        who = row.cells["who"]
        if who in found:
            faults.add(file.name, row.line, f"repeats {who[:80]!r}; a person is of one organisation")
        found[who] = Administrator(who, row.cells["organisation"], row.cells["public_key"])
    return tuple(found.values())
