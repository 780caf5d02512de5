"""The append-only journal: each entry carries the digest of the one before, so none can change or vanish unseen."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, insert, select

from mailwave.adapters.ledger_schema import Moment, journal
from mailwave.adapters.ledger_text import storable_detail
from mailwave.core.manifest import canonical, canonical_texts, digest_of_bytes
from mailwave.core.reason import Reason
from mailwave.core.refusals import JournalBroken

GENESIS = "sha256:" + "0" * 64
"""What the first entry has in place of a digest before it."""


class Entry(msgspec.Struct, frozen=True):
    """One act in the journal; *n* counts from 1 and *at* is UTC."""

    n: int
    at: datetime
    act: str
    subject: str
    detail: Mapping[str, object]
    reason: Reason


def append(
    connection: Connection,
    *,
    at: datetime,
    act: str,
    subject: str,
    detail: Mapping[str, object] | bytes,
    reason: Reason,
) -> int:
    """Write one entry at the end and return its number; a *detail* in bytes is canonical and storable already."""
    last = connection.execute(
        select(journal.c.n, journal.c.digest).order_by(journal.c.n.desc()).limit(1)
    ).first()
    row: dict[str, Any] = {
        "n": last.n + 1 if last else 1,
        "at": at,
        "act": act,
        "subject": subject,
        "detail": (detail if isinstance(detail, bytes) else canonical(storable_detail(detail))).decode(),
        "who": reason.who,
        "source": reason.source,
        "ticket": reason.ticket,
        "why": reason.text,
        "previous": last.digest if last else GENESIS,
    }
    connection.execute(insert(journal), {**row, "digest": _digest(row)})
    return int(str(row["n"]))


def _digest(row: Mapping[str, Any]) -> str:
    """The digest of everything that a row holds but its own digest."""
    sealed = {
        str(name): unicodedata.normalize("NFC", value) if isinstance(value, str) else value
        for name, value in row.items()
        if name not in {"digest", "at"}
    }
    moment = row["at"]
    if not isinstance(moment, datetime):
        raise TypeError(f"{moment!r} is no moment")
    told = {**sealed, "at": str(_MOMENT.process_bind_param(moment, None))}
    return digest_of_bytes(canonical_texts(told))


def reason_of(connection: Connection, n: int) -> Reason:
    """The reason of entry *n*."""
    row = connection.execute(select(journal).where(journal.c.n == n)).mappings().one()
    return _entry(row).reason


def verified(connection: Connection) -> Iterator[Entry]:
    """Every entry in order, each after its number, its link and its digest were checked.

    Raises:
        JournalBroken: an entry is missing, out of order or changed.
    """
    previous = GENESIS
    for expected, row in enumerate(
        connection.execute(select(journal).order_by(journal.c.n)).mappings(), start=1
    ):
        if row["n"] != expected:
            raise JournalBroken(n=expected, why=f"the next entry is {row['n']}")
        if row["previous"] != previous:
            raise JournalBroken(n=expected, why="it does not follow the entry before")
        if row["digest"] != _digest(dict(row)):
            raise JournalBroken(n=expected, why="it was changed")
        previous = row["digest"]
        yield _entry(row)


def digests(connection: Connection) -> list[str]:
    """The digest of every entry in order, as it is held and without a check: enough to tell the journal's root."""
    return list(connection.execute(select(journal.c.digest).order_by(journal.c.n)).scalars())


def _entry(row: RowMapping) -> Entry:
    return Entry(
        n=row["n"],
        at=row["at"],
        act=row["act"],
        subject=row["subject"],
        detail=msgspec.json.decode(row["detail"]),
        reason=Reason(who=row["who"], source=row["source"], ticket=row["ticket"], text=row["why"]),
    )


_MOMENT = Moment()
