"""The ledger's mailboxes: their import, their steps, their counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, select

from mailwave.adapters import ledger_summary
from mailwave.adapters.ledger_rows import among
from mailwave.adapters.ledger_schema import (
    ALOFT_ROW,
    batches,
    in_flight,
    mailboxes,
    organisations,
    permissions,
)
from mailwave.adapters.ledger_store import chunks, get_meta, put_meta
from mailwave.core.estate import Mailbox, Organisation, Permission, Record
from mailwave.core.progress import ALOFT, Face
from mailwave.core.refusals import RepeatedMailbox, UnknownMailboxes
from mailwave.core.states import Counts, MailboxState

_MAILBOX_FIELDS = msgspec.structs.fields(Mailbox)
_ORGANISATION_FIELDS = msgspec.structs.fields(Organisation)
_PLANNED = "scope.planned"
WHY = func.coalesce(in_flight.c.why, mailboxes.c.why)
"""Why a mailbox is where it is, of `mailboxes` joined with `in_flight`."""


def insert_estate(
    connection: Connection,
    the_organisations: Sequence[Organisation],
    the_mailboxes: Sequence[Mailbox],
    the_permissions: Iterable[Permission],
) -> None:
    """Write the estate; every mailbox waits."""
    planned: dict[str, int] = defaultdict(int)
    for mailbox in the_mailboxes:
        planned[mailbox.organisation] += 1
    _insert(
        connection,
        organisations,
        [{**msgspec.structs.asdict(o), "planned": planned[o.code]} for o in the_organisations],
    )
    waiting = {"state": MailboxState.WAITING.value, "why": ""}
    _insert(connection, mailboxes, [{**msgspec.structs.asdict(m), **waiting} for m in the_mailboxes])
    _insert(connection, permissions, [msgspec.structs.asdict(p) for p in sorted(set(the_permissions))])
    keep_planned(connection)
    ledger_summary.rebuild(connection)


def clear_empty(connection: Connection) -> bool:
    """Remove an estate that has no mailboxes; False, with nothing removed, when it has some."""
    if connection.execute(select(mailboxes.c.guid).limit(1)).first() is not None:
        return False
    connection.execute(delete(organisations))
    return True


def _insert(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def all_organisations(connection: Connection) -> list[Organisation]:
    """Every organisation, in the order of the codes."""
    rows = connection.execute(select(organisations).order_by(organisations.c.code)).mappings()
    return [Organisation(**{field.name: row[field.name] for field in _ORGANISATION_FIELDS}) for row in rows]


def all_permissions(connection: Connection) -> list[Permission]:
    """Every right, sorted."""
    rows = connection.execute(select(permissions))
    return sorted(Permission(guid=row.guid, trustee=row.trustee, kind=row.kind) for row in rows)


def records(
    connection: Connection, state: MailboxState | None, wave: str | None, batch: str | None = None
) -> list[Record]:
    """Those in *state*, *wave* and *batch* (None: any), of a wave or batch in the plan's order, else by guid."""
    columns = (mailboxes.c[field.name] for field in _MAILBOX_FIELDS)
    query = (
        select(*columns, ledger_summary.STATE, WHY, batches.c.wave, mailboxes.c.batch)
        .join_from(mailboxes, batches, isouter=True)
        .join(in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True)
    )
    if state in ALOFT:
        query = query.where(mailboxes.c.state == ALOFT_ROW, in_flight.c.state == str(state))
    elif state is not None:
        query = query.where(mailboxes.c.state == state.value)
    if batch is not None:
        query = query.where(mailboxes.c.batch == batch)
    if wave is not None:
        query = query.where(batches.c.wave == wave)
    planned = wave is not None or batch is not None
    query = query.order_by(*((batches.c.place, mailboxes.c.place) if planned else (mailboxes.c.guid,)))
    return [
        Record(Mailbox(*mailbox), MailboxState(held), why, in_wave, batch)
        for *mailbox, held, why, in_wave, batch in connection.execute(query)
    ]


def mailboxes_of(connection: Connection, guids: Sequence[str]) -> list[Mailbox]:
    """Those of *guids* that are held."""
    names = ", ".join(f'"{field.name}"' for field in _MAILBOX_FIELDS)
    return [Mailbox(*row) for row in among(connection, f"SELECT {names} FROM mailboxes WHERE guid", guids)]  # noqa: S608


def permissions_on(connection: Connection, guids: Sequence[str]) -> list[Permission]:
    """The rights on *guids*."""
    rows = among(connection, "SELECT guid, trustee, kind FROM permissions WHERE guid", guids)
    return [Permission(*row) for row in rows]


def states_of(connection: Connection, guids: Sequence[str]) -> dict[str, MailboxState]:
    """The state of each of *guids*; raise `UnknownMailboxes` when the ledger lacks one."""
    found: dict[str, MailboxState] = {}
    for part in chunks(guids):
        query = select(mailboxes.c.guid, ledger_summary.STATE.label("state")).join_from(
            mailboxes, in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True
        )
        rows = connection.execute(query.where(mailboxes.c.guid.in_(part)))
        found.update({row.guid: MailboxState(row.state) for row in rows})
    unknown = [guid for guid in guids if guid not in found]
    if unknown:
        raise UnknownMailboxes(unknown)
    return found


def refuse_repeats(guids: Sequence[str]) -> None:
    """Raise `RepeatedMailbox` when one guid occurs twice."""
    seen: set[str] = set()
    for guid in guids:
        if guid in seen:
            raise RepeatedMailbox(guid)
        seen.add(guid)


def planned(connection: Connection) -> int:
    """How many mailboxes are in scope."""
    return int(get_meta(connection, _PLANNED) or 0)


def keep_planned(connection: Connection) -> None:
    """Add up how many mailboxes are in scope, once for all who ask: a dashboard has no time for it."""
    put_meta(connection, _PLANNED, str(_sum_of_planned(connection)))


def planned_differs(connection: Connection) -> bool:
    """Whether what is kept of all organisations is not their sum."""
    return planned(connection) != _sum_of_planned(connection)


def _sum_of_planned(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.sum(organisations.c.planned), 0))).scalar_one())


def counts(connection: Connection) -> dict[str, Counts]:
    """The counts of each organisation with mailboxes in scope, by ODS code, as the summary keeps them."""
    planned = connection.execute(
        select(organisations.c.code, organisations.c.planned)
        .where(organisations.c.planned > 0)
        .order_by(organisations.c.code)
    )
    kept = ledger_summary.tallies(connection, Face.ORGANISATION)
    return {
        code: Counts.of(number, {state: tally.mailboxes for state, tally in kept.get(code, {}).items()})
        for code, number in planned
    }
