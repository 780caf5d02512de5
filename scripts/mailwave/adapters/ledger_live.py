"""The mailboxes in flight: small tables of what polls change, apart from the large one of all mailboxes.

A mailbox has a row in `in_flight` from the step that takes it into flight to the one that takes it out, and its state
is there; its row among all mailboxes says only that it is in flight. What polls see of it is packed in `progress` (see
`ledger_progress`). So a poll writes a row for each step in flight, and to the large table only for who comes and goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select, update

from mailwave.adapters import ledger_progress, ledger_summary
from mailwave.adapters.ledger_rows import NUMBER, TEXT, among, deleting, inserting, updating
from mailwave.adapters.ledger_schema import ALOFT_ROW, batches, in_flight, leavers, mailboxes
from mailwave.adapters.ledger_text import storable
from mailwave.core.amendments import HasLeft
from mailwave.core.progress import ALOFT, Flight, Place, Sighting
from mailwave.core.refusals import UnknownMailboxes
from mailwave.core.states import TRANSITIONS, IllegalTransition, MailboxState, Transition

Step = tuple[str, MailboxState, MailboxState, str]
"""A step taken: guid, from, to, why."""

_STATES: Mapping[str, MailboxState] = {state.value: state for state in MailboxState}

_VALUES: Mapping[MailboxState, str] = {state: state.value for state in MailboxState}

_HOT = "SELECT guid, organisation, site, wave, batch, size_bytes, state, slot FROM in_flight WHERE guid"
_COLD = (
    "SELECT m.guid, m.organisation, m.site, coalesce(b.wave, ''), coalesce(m.batch, ''), coalesce(m.size_bytes, 0), "
    "m.state FROM mailboxes m LEFT JOIN batches b ON b.name = m.batch WHERE m.guid"
)

_STAND = updating("mailboxes", ("guid", TEXT), ("state", TEXT), ("why", TEXT))
_STEP = updating("in_flight", ("slot", NUMBER), ("state", TEXT), ("why", TEXT))
_LAND = deleting("in_flight", ("slot", NUMBER))
_TAKE_OFF = inserting(
    "in_flight",
    *((name, TEXT) for name in ("guid", "organisation", "site", "wave", "batch")),
    ("size_bytes", NUMBER),
    *((name, TEXT) for name in ("state", "why")),
)


class Standing(NamedTuple):
    """Where a mailbox is counted and its bytes, its state, and its *slot* in flight; None on the ground."""

    place: Place
    size_bytes: int
    state: MailboxState
    slot: int | None


def standings(connection: Connection, guids: Sequence[str]) -> dict[str, Standing]:
    """How each of *guids* stands; raise `UnknownMailboxes` when the ledger lacks one."""
    found = {
        guid: Standing((organisation, site, wave, batch), size, _STATES[state], slot)
        for guid, organisation, site, wave, batch, size, state, slot in among(connection, _HOT, guids)
    }
    others = [guid for guid in guids if guid not in found]
    if others:
        found |= {
            guid: Standing((organisation, site, wave, batch), size, _STATES[state], None)
            for guid, organisation, site, wave, batch, size, state in among(connection, _COLD, others)
        }
    unknown = [guid for guid in others if guid not in found]
    if unknown:
        raise UnknownMailboxes(unknown)
    return found


def take_steps(connection: Connection, changes: Sequence[Transition]) -> list[Step]:
    """Take every step of *changes*, those of one mailbox one after the other, or none; return the steps.

    Raises:
        IllegalTransition, UnknownMailboxes, HasLeft: nothing was changed.
    """
    held = standings(connection, list(dict.fromkeys([change.guid for change in changes])))
    ends: dict[str, tuple[MailboxState, str]] = {}
    said = {why: storable(why) for why in {change.why for change in changes}}
    steps: list[Step] = []
    for change in changes:
        guid, to, why = change.guid, change.to, said[change.why]
        before = ends[guid][0] if guid in ends else held[guid].state
        if to not in TRANSITIONS[before]:
            raise IllegalTransition(mailbox=guid, state=before, asked=to)
        steps.append((guid, before, to, why))
        ends[guid] = (to, why)
    _refuse_leavers(connection, [guid for guid, (to, _) in ends.items() if to is MailboxState.WAITING])
    _write(connection, held, ends)
    shifts = [(held[guid][0], held[guid][1], held[guid][2], to) for guid, (to, _) in ends.items()]
    ledger_summary.add(connection, shifts)
    return steps


def _write(
    connection: Connection, held: Mapping[str, Standing], ends: Mapping[str, tuple[MailboxState, str]]
) -> None:
    """Put each mailbox of *ends* where it now stands: in flight, among all, or from one to the other."""
    stepping, taking_off, standing = [], [], []
    landing: list[int] = []
    for guid, (to, why) in ends.items():
        place, size, _, slot = held[guid]
        if to in ALOFT and slot is not None:
            stepping.append((_VALUES[to], why, slot))
        elif to in ALOFT:
            taking_off.append((guid, *place, size, _VALUES[to], why))
            standing.append((ALOFT_ROW, "", guid))
        else:
            standing.append((_VALUES[to], why, guid))
            if slot is not None:
                landing.append(slot)
    _STAND.run(connection, sorted(standing, key=lambda row: row[-1]))
    _STEP.run(connection, stepping)
    _LAND.run(connection, [(slot,) for slot in landing])
    ledger_progress.forget(connection, landing)
    _TAKE_OFF.run(connection, taking_off)


def _refuse_leavers(connection: Connection, waiting: Sequence[str]) -> None:
    if waiting:
        left = among(connection, "SELECT guid FROM leavers WHERE guid", waiting)
        if left:
            raise HasLeft(min(row[0] for row in left))


def place_again(connection: Connection) -> None:
    """Put each mailbox in flight where the plan has it."""
    mine = in_flight.c.guid == mailboxes.c.guid
    batch = select(mailboxes.c.batch).where(mine).scalar_subquery()
    wave = (
        select(batches.c.wave)
        .join(mailboxes, mailboxes.c.batch == batches.c.name)
        .where(mine)
        .scalar_subquery()
    )
    connection.execute(update(in_flight).values(batch=func.coalesce(batch, ""), wave=func.coalesce(wave, "")))


def out_of_place(connection: Connection) -> Sequence[str]:
    """Mailboxes in flight that are counted elsewhere than they belong, or are in flight in one of the tables only."""
    query = (
        select(mailboxes.c.guid)
        .join(in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True)
        .join(batches, batches.c.name == mailboxes.c.batch, isouter=True)
        .where(in_flight.c.guid.is_not(None) | (mailboxes.c.state == ALOFT_ROW))
        .where(
            in_flight.c.guid.is_(None)
            | (mailboxes.c.state != ALOFT_ROW)
            | (mailboxes.c.organisation != in_flight.c.organisation)
            | (mailboxes.c.site != in_flight.c.site)
            | (func.coalesce(mailboxes.c.batch, "") != in_flight.c.batch)
            | (func.coalesce(batches.c.wave, "") != in_flight.c.wave)
            | (func.coalesce(mailboxes.c.size_bytes, 0) != in_flight.c.size_bytes)
        )
    )
    return list(connection.execute(query.order_by(mailboxes.c.guid)).scalars())


def flights(connection: Connection, wave: str | None) -> list[Flight]:
    """The mailboxes of *wave* (None: of all) in flight, by ExchangeGuid."""
    columns = (
        in_flight.c[name]
        for name in ("slot", "guid", "organisation", "site", "wave", "batch", "size_bytes", "state")
    )
    query = select(*columns).order_by(in_flight.c.guid)
    if wave is not None:
        query = query.where(in_flight.c.wave == wave)
    rows = connection.execute(query).all()
    seen = ledger_progress.last_seen(connection, {row.slot: row.guid for row in rows})
    return [_flight(row, *seen.get(row.guid, (Sighting(row.guid, ""), None))) for row in rows]


def _flight(row: Row[Any], seen: Sighting, at: datetime | None) -> Flight:
    return Flight(
        guid=row.guid,
        organisation=row.organisation,
        site=row.site,
        wave=row.wave,
        batch=row.batch,
        size_bytes=row.size_bytes,
        state=_STATES[row.state],
        status=seen.status,
        percent=seen.percent,
        bytes_moved=seen.bytes_moved,
        items_moved=seen.items_moved,
        stall=seen.stall,
        seen=at,
    )


def all_leavers(connection: Connection) -> dict[str, int]:
    """Whose owners have left, and the journal's entry that says so."""
    return {row.guid: row.n for row in connection.execute(select(leavers))}
