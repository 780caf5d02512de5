"""The ledger's approvals and intents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, insert, literal_column, select, update

from mailwave.adapters.ledger_rows import among
from mailwave.adapters.ledger_schema import IN_DOUBT, approvals, intents
from mailwave.adapters.ledger_text import storable, storable_detail
from mailwave.core.approval import Approval
from mailwave.core.intents import Intent, Outcome
from mailwave.core.manifest import canonical
from mailwave.core.refusals import IntentClosed, IntentStillOpen, UnknownIntent

_IN_DOUBT: ColumnElement[bool] = literal_column(f"({IN_DOUBT})")


def insert_approval(connection: Connection, n: int, approval: Approval) -> None:
    """Write one approval under its journal entry."""
    connection.execute(insert(approvals), {"n": n, **msgspec.structs.asdict(approval)})


def live_approval(connection: Connection, digest: str, at: datetime) -> Approval | None:
    """The latest approval of *digest* that holds at *at*."""
    rows = connection.execute(
        select(approvals).where(approvals.c.digest == digest).order_by(approvals.c.n.desc())
    ).mappings()
    return next((approval for row in rows if (approval := _approval(row)).is_live(at)), None)


def all_approvals(connection: Connection) -> dict[int, Approval]:
    """Every approval by its journal entry."""
    return {row["n"]: _approval(row) for row in connection.execute(select(approvals)).mappings()}


def _approval(row: RowMapping) -> Approval:
    return Approval(**{field.name: row[field.name] for field in msgspec.structs.fields(Approval)})


def refuse_if_under_way(connection: Connection, act: str, subject: str) -> None:
    """Raise `IntentStillOpen` when *act* on *subject* was begun and nothing was recorded since."""
    query = select(intents.c.n).where(
        intents.c.act == act, intents.c.subject == subject, intents.c.outcome.is_(None)
    )
    open_one = connection.execute(query).scalar()
    if open_one is not None:
        raise IntentStillOpen(intent=open_one, act=act, subject=subject)


def insert_intent(
    connection: Connection, n: int, act: str, subject: str, detail: Mapping[str, object]
) -> None:
    """Write one intent under its journal entry."""
    row = {"n": n, "act": act, "subject": subject, "detail": canonical(storable_detail(detail)).decode()}
    connection.execute(insert(intents), row)


def find_intents(
    connection: Connection, *, act: str | None = None, after: int = 0, under_way: bool = False
) -> list[Intent]:
    """The intents of *act* (None: any) *after* an entry, in order; only those without an outcome when *under_way*."""
    query = select(intents).order_by(intents.c.n)
    if act is not None:
        query = query.where(intents.c.act == act)
    if after:
        query = query.where(intents.c.n > after)
    if under_way:
        query = query.where(intents.c.outcome.is_(None))
    return [_intent(row) for row in connection.execute(query)]


def intents_on(connection: Connection, act: str, subjects: Sequence[str]) -> list[Intent]:
    """The intents of *act* on *subjects*, in order."""
    query = "SELECT n, act, subject, detail, outcome, settled_by FROM intents WHERE act = ? AND subject"
    rows = among(connection, query, [storable(subject) for subject in subjects], act)
    return sorted(map(_intent, rows), key=lambda intent: intent.id)


def doubtful(connection: Connection, acts: Sequence[str]) -> list[Intent]:
    """The intents of *acts* of which nobody knows what became, in order."""
    query = select(intents).where(_IN_DOUBT, intents.c.act.in_(acts)).order_by(intents.c.n)
    return [_intent(row) for row in connection.execute(query)]


def get_intent(connection: Connection, n: int) -> Intent:
    """The intent of journal entry *n*; raise `UnknownIntent` when that is none."""
    row = connection.execute(select(intents).where(intents.c.n == n)).first()
    if row is None:
        raise UnknownIntent(n)
    return _intent(row)


def close_intent(connection: Connection, intent: Intent, outcome: Outcome) -> bool:
    """Record how *intent* ended; False when exactly that is recorded already.

    An end that is known settles the unknown ends of earlier intents of the same act on the same subject.
    """
    if intent.outcome is outcome:
        return False
    if intent.outcome in (Outcome.OK, Outcome.FAILED):
        raise IntentClosed(intent=intent.id, held=intent.outcome, offered=outcome)
    connection.execute(update(intents).where(intents.c.n == intent.id).values(outcome=outcome.value))
    if outcome is not Outcome.UNKNOWN:
        connection.execute(
            update(intents)
            .where(
                intents.c.act == intent.act,
                intents.c.subject == intent.subject,
                intents.c.n < intent.id,
                intents.c.outcome == Outcome.UNKNOWN.value,
                intents.c.settled_by.is_(None),
            )
            .values(settled_by=intent.id)
        )
    return True


def _intent(row: Any) -> Intent:
    return Intent(
        id=row.n,
        act=row.act,
        subject=row.subject,
        detail=msgspec.json.decode(row.detail),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        settled_by=row.settled_by,
    )
