"""The ledger's plan: waves and batches as tables, so that each mailbox knows its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from mailwave.adapters.ledger_estate import refuse_repeats, states_of
from mailwave.adapters.ledger_schema import approvals, batches, mailboxes, notices, waves
from mailwave.adapters.ledger_store import get_meta, put_meta
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.refusals import NotWaiting, PlanFrozen
from mailwave.core.states import MailboxState

_DIGEST = "plan"
_BESIDE = "plan.beside"
"""What a plan says beside its waves: few rows of no table's kind."""


def saved_digest(connection: Connection) -> str | None:
    """The digest of the saved plan, or None."""
    return get_meta(connection, _DIGEST)


def replace_plan(connection: Connection, plan: Plan) -> None:
    """Write *plan* in place of any earlier one that nobody relies on yet."""
    _refuse_if_relied_on(connection, plan.digest)
    guids = [guid for wave in plan.waves for guid in wave.mailboxes]
    refuse_repeats(guids)
    for guid, state in states_of(connection, guids).items():
        if state is not MailboxState.WAITING:
            raise NotWaiting(guid=guid, state=state)
    connection.execute(update(mailboxes).values(batch=None, place=None))
    connection.execute(delete(batches))
    connection.execute(delete(waves))
    _insert_waves(connection, plan.waves)
    put_meta(connection, _BESIDE, msgspec.json.encode(msgspec.structs.replace(plan, waves=())).decode())
    put_meta(connection, _DIGEST, plan.digest)


def _refuse_if_relied_on(connection: Connection, offered: str) -> None:
    held = saved_digest(connection)
    if held is None:
        return
    reliances = {
        "a wave of it was approved": select(approvals.c.n).join(waves, waves.c.digest == approvals.c.digest),
        "people were told of it": select(notices.c.guid),
        "moves of it were begun": select(mailboxes.c.guid).where(
            mailboxes.c.batch.is_not(None),
            mailboxes.c.state.not_in([MailboxState.WAITING, MailboxState.DEFERRED, MailboxState.EXCLUDED]),
        ),
    }
    for why, query in reliances.items():
        if connection.execute(query.limit(1)).first() is not None:
            raise PlanFrozen(held=held, offered=offered, why=why)


def _insert_waves(connection: Connection, planned: Sequence[Wave]) -> None:
    for wave in planned:
        connection.execute(
            insert(waves),
            {
                "id": wave.id,
                "night": wave.night,
                "window_start": wave.window_start,
                "window_end": wave.window_end,
                "digest": wave.digest,
            },
        )
        for place, batch in enumerate(wave.batches):
            connection.execute(
                insert(batches), {"name": batch.name, "wave": wave.id, "site": batch.site, "place": place}
            )
            connection.execute(
                update(mailboxes)
                .where(mailboxes.c.guid == bindparam("key"))
                .values(batch=bindparam("in_batch"), place=bindparam("at_place")),
                [
                    {"key": guid, "in_batch": batch.name, "at_place": n}
                    for n, guid in enumerate(batch.mailboxes)
                ],
            )


def saved_plan(connection: Connection) -> Plan | None:
    """The plan as it was saved, or None."""
    beside = get_meta(connection, _BESIDE)
    if beside is None:
        return None
    return msgspec.structs.replace(
        msgspec.json.decode(beside, type=Plan), waves=tuple(saved_waves(connection))
    )


def saved_waves(connection: Connection) -> list[Wave]:
    """The waves in the order of their windows."""
    by_wave: dict[str, list[Batch]] = defaultdict(list)
    for name, batch in saved_batches(connection):
        by_wave[name].append(batch)
    rows = connection.execute(select(waves).order_by(waves.c.window_start, waves.c.id))
    return [Wave(row.id, row.night, row.window_start, row.window_end, tuple(by_wave[row.id])) for row in rows]


def saved_batches(connection: Connection) -> list[tuple[str, Batch]]:
    """Every batch with its wave, in the plan's order."""
    members: dict[str, list[str]] = defaultdict(list)
    query = select(mailboxes.c.batch, mailboxes.c.guid).where(mailboxes.c.batch.is_not(None))
    for row in connection.execute(query.order_by(mailboxes.c.place)):
        members[row.batch].append(row.guid)
    rows = connection.execute(select(batches).order_by(batches.c.place, batches.c.name))
    return [(row.wave, Batch(row.name, row.site, tuple(members[row.name]))) for row in rows]
