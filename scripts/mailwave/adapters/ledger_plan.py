"""The ledger's plan: waves and batches as tables, so that each mailbox knows its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, String, bindparam, cast, delete, insert, select, update

from mailwave.adapters import ledger_live, ledger_summary
from mailwave.adapters.ledger_estate import refuse_repeats, states_of
from mailwave.adapters.ledger_schema import approvals, batches, in_flight, mailboxes, notices, waves
from mailwave.adapters.ledger_store import chunks, get_meta, put_meta
from mailwave.core.notices import Audience, Milestone
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.progress import Face
from mailwave.core.refusals import NotWaiting, PlanFrozen
from mailwave.core.states import OPEN, MailboxState

_DIGEST = "plan"
_BESIDE = "plan.beside"
"""What a plan says beside its waves: few rows of no table's kind."""


def saved_digest(connection: Connection) -> str | None:
    """The digest of the saved plan, or None."""
    return get_meta(connection, _DIGEST)


def replace_plan(connection: Connection, plan: Plan, now: datetime) -> None:
    """Write *plan* in place of any earlier one, of which it leaves what people rely on *now*."""
    _refuse_if_relied_on(connection, plan, now)
    guids = [guid for wave in plan.waves for guid in wave.mailboxes]
    refuse_repeats(guids)
    held = {guid: batch.name for _, batch in saved_batches(connection) for guid in batch.mailboxes}
    offered = {guid: batch.name for wave in plan.waves for batch in wave.batches for guid in batch.mailboxes}
    for guid, state in states_of(connection, guids).items():
        if state is not MailboxState.WAITING and held.get(guid) != offered[guid]:
            raise NotWaiting(guid=guid, state=state)
    connection.execute(update(mailboxes).values(batch=None, place=None))
    connection.execute(delete(batches))
    connection.execute(delete(waves))
    _insert_waves(connection, plan.waves)
    ledger_live.place_again(connection)
    ledger_summary.rebuild(connection, Face.WAVE, Face.BATCH)
    put_meta(connection, _BESIDE, msgspec.json.encode(msgspec.structs.replace(plan, waves=())).decode())
    put_meta(connection, _DIGEST, plan.digest)


def _refuse_if_relied_on(connection: Connection, offered: Plan, now: datetime) -> None:
    held = saved_digest(connection)
    if held is None:
        return
    for why, is_kept in (
        ("a wave of it was approved", _keeps_approved(connection, offered, now)),
        ("people were told of it", _keeps_told(connection, offered)),
        ("moves of it were begun", _keeps_begun(connection, offered)),
    ):
        if not is_kept:
            raise PlanFrozen(held=held, offered=offered.digest, why=why)


def _keeps_approved(connection: Connection, offered: Plan, now: datetime) -> bool:
    """Whether nobody joins a list that is approved *now*, and who leaves it is named or does not wait any more.

    A list that has become shorter is another list, which nobody has consented to yet.
    """
    approved = select(waves.c.id).join(approvals, waves.c.digest == approvals.c.digest)
    names = set(connection.execute(approved.where(approvals.c.expires_at > now)).scalars())
    lists = {wave.id: set(wave.mailboxes) for wave in saved_waves(connection) if wave.id in names}
    now_in = {wave.id: set(wave.mailboxes) for wave in offered.waves}
    named = {told.mailbox for told in offered.told_again}
    states = states_of(connection, sorted(set().union(*lists.values())))
    left = {guid for name, held in lists.items() for guid in held - now_in.get(name, set())}
    joined = any(now_in.get(name, set()) - held for name, held in lists.items())
    return not joined and all(guid in named or states[guid] is not MailboxState.WAITING for guid in left)


def _keeps_told(connection: Connection, offered: Plan) -> bool:
    """Whether all who were told are in the wave that they were in, wait for one, or are named to be told again."""
    query = (
        select(mailboxes.c.guid, batches.c.wave)
        .join(batches, mailboxes.c.batch == batches.c.name)
        .join(waves, batches.c.wave == waves.c.id)
        .join(notices, notices.c.guid == mailboxes.c.guid)
        .where(
            notices.c.milestone == Milestone.TWO_WEEKS.value,
            notices.c.audience == Audience.USER.value,
            notices.c.night.in_(("", cast(waves.c.night, String))),
            mailboxes.c.state == MailboxState.WAITING.value,
        )
    )
    wave_of = {guid: wave.id for wave in offered.waves for guid in wave.mailboxes}
    named = {told.mailbox for told in offered.told_again}
    return all(
        row.guid in named or wave_of.get(row.guid) == row.wave for row in connection.execute(query.distinct())
    )


def _keeps_begun(connection: Connection, offered: Plan) -> bool:
    """Whether each mailbox that has begun to move, or has moved, is in its batch."""
    batch_of = {
        guid: batch.name for wave in offered.waves for batch in wave.batches for guid in batch.mailboxes
    }
    query = select(mailboxes.c.guid, mailboxes.c.batch).where(
        mailboxes.c.batch.is_not(None),
        mailboxes.c.state.not_in([MailboxState.WAITING, MailboxState.DEFERRED, MailboxState.EXCLUDED]),
    )
    return all(batch_of.get(row.guid) == row.batch for row in connection.execute(query))


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


def ended_batches(connection: Connection, names: Iterable[str]) -> list[str]:
    """Those of the batches *names* that are in the plan and have nobody open, those of the oldest wave first."""
    somebody_open = (
        select(mailboxes.c.guid)
        .join(in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True)
        .where(mailboxes.c.batch == batches.c.name, ledger_summary.STATE.in_([each.value for each in OPEN]))
        .exists()
    )
    query = select(waves.c.window_start, waves.c.id, batches.c.place, batches.c.name).join_from(
        batches, waves
    )
    rows = (
        tuple(row)
        for part in chunks(sorted(names))
        for row in connection.execute(query.where(batches.c.name.in_(part), ~somebody_open))
    )
    return [name for *_, name in sorted(rows)]
