"""Amendments of the scope in the ledger's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select

from mailwave.adapters import ledger_estate, ledger_summary
from mailwave.adapters.ledger_live import Standing, Step, standings, take_steps
from mailwave.adapters.ledger_rows import NUMBER, TEXT, among, updating
from mailwave.adapters.ledger_schema import leavers, mailboxes, organisations, permissions
from mailwave.adapters.ledger_store import get_meta, put_meta
from mailwave.core.amendments import LEFT, Amendment, Held, chained, check_amendment
from mailwave.core.progress import Shift
from mailwave.core.states import MailboxState, Transition

SCOPE = "scope"
"""The digest of the scope as it was imported."""

AMENDED = "scope.amended"
"""The digest of the scope as it is since an amendment."""

LAST = "scope.last-amendment"
"""The digest of the last amendment: the same once more changes nothing."""

_PLANNED = updating("organisations", ("code", TEXT), ("planned", NUMBER))
_BELONG = updating("mailboxes", ("guid", TEXT), ("organisation", TEXT))
_FLY_FOR = updating("in_flight", ("guid", TEXT), ("organisation", TEXT))


def scope_now(connection: Connection) -> str | None:
    """The digest of the scope with its amendments; None before an import."""
    return get_meta(connection, AMENDED) or get_meta(connection, SCOPE)


def is_last(connection: Connection, amendment: Amendment) -> bool:
    """Whether *amendment* is the last that was made."""
    return get_meta(connection, LAST) == amendment.digest


def held_of(connection: Connection, amendment: Amendment) -> Held:
    """What the ledger has of what *amendment* names."""
    named = _named(amendment)
    ends = sorted({end for right in amendment.permissions for end in (right.guid, right.trustee)})
    codes = sorted({m.organisation for m in amendment.joiners} | {t.to for t in amendment.transfers})
    addresses = sorted({mailbox.smtp for mailbox in amendment.joiners})
    return Held(
        dict(among(connection, "SELECT guid, organisation FROM mailboxes WHERE guid", named)),
        {
            row[0]
            for row in among(
                connection, "SELECT lower(address) FROM mailboxes WHERE lower(address)", addresses
            )
        }
        if addresses
        else set(),
        {row[0] for row in among(connection, "SELECT code FROM organisations WHERE code", codes)},
        {row[0] for row in among(connection, "SELECT guid FROM mailboxes WHERE guid", ends)},
        {row[0] for row in among(connection, "SELECT guid FROM leavers WHERE guid", named)},
    )


def _named(amendment: Amendment) -> list[str]:
    joining = [mailbox.guid for mailbox in amendment.joiners]
    return sorted({*joining, *amendment.leavers, *(transfer.guid for transfer in amendment.transfers)})


def detail_of(connection: Connection, amendment: Amendment) -> dict[str, Any]:
    """What the journal says of *amendment*; raise `AmendmentRefused` when it does not fit the estate."""
    held = held_of(connection, amendment)
    check_amendment(amendment, held)
    before = scope_now(connection)
    return {
        "before": before,
        "after": chained(str(before), amendment),
        "joiners": [msgspec.structs.asdict(mailbox) for mailbox in amendment.joiners],
        "permissions": [list(msgspec.structs.astuple(right)) for right in sorted(set(amendment.permissions))],
        "leavers": list(amendment.leavers),
        "transfers": [[t.guid, held.organisation_of[t.guid], t.to] for t in amendment.transfers],
    }


def exclude_waiting(connection: Connection, amendment: Amendment) -> list[Step]:
    """Take the leavers of *amendment* who wait out of the move, and return the steps."""
    held = standings(connection, amendment.leavers)
    steps = [
        Transition(guid, MailboxState.EXCLUDED, LEFT)
        for guid in amendment.leavers
        if held[guid].state is MailboxState.WAITING
    ]
    return take_steps(connection, steps) if steps else []


def write(connection: Connection, n: int, amendment: Amendment, detail: Mapping[str, Any]) -> None:
    """Write *amendment*, which journal entry *n* says in *detail*, into the tables and the summary."""
    joining = _join(connection, amendment)
    moving = _transfer(connection, amendment)
    planned: Counter[str] = Counter()
    for (organisation, *_), _, before, after in (*joining, *moving):
        planned[organisation] += (after is not None) - (before is not None)
    codes = [code for code, change in planned.items() if change]
    held = dict(among(connection, "SELECT code, planned FROM organisations WHERE code", codes))
    _PLANNED.run(connection, [(held[code] + planned[code], code) for code in codes])
    ledger_estate.keep_planned(connection)
    ledger_summary.add(connection, [*joining, *moving])
    if amendment.leavers:
        connection.execute(insert(leavers), [{"guid": guid, "n": n} for guid in amendment.leavers])
    put_meta(connection, AMENDED, detail["after"])
    put_meta(connection, LAST, amendment.digest)


def _join(connection: Connection, amendment: Amendment) -> list[Shift]:
    waiting = {"state": MailboxState.WAITING.value, "why": ""}
    if amendment.joiners:
        rows = [{**msgspec.structs.asdict(mailbox), **waiting} for mailbox in amendment.joiners]
        connection.execute(insert(mailboxes), rows)
    fresh = _not_held(connection, amendment)
    if fresh:
        connection.execute(insert(permissions), fresh)
    return [
        ((m.organisation, m.site, "", ""), m.size_bytes or 0, None, MailboxState.WAITING)
        for m in amendment.joiners
    ]


def _not_held(connection: Connection, amendment: Amendment) -> list[dict[str, Any]]:
    ends = sorted({right.guid for right in amendment.permissions})
    held = {
        tuple(row)
        for row in among(connection, "SELECT guid, trustee, kind FROM permissions WHERE guid", ends)
    }
    wanted = sorted(set(amendment.permissions))
    return [msgspec.structs.asdict(right) for right in wanted if msgspec.structs.astuple(right) not in held]


def _transfer(connection: Connection, amendment: Amendment) -> list[Shift]:
    held: Mapping[str, Standing] = standings(connection, [transfer.guid for transfer in amendment.transfers])
    _BELONG.run(connection, [(transfer.to, transfer.guid) for transfer in amendment.transfers])
    _FLY_FOR.run(connection, [(t.to, t.guid) for t in amendment.transfers if held[t.guid].slot is not None])
    shifts: list[Shift] = []
    for transfer in amendment.transfers:
        (_, site, wave, batch), size, state, _ = held[transfer.guid]
        shifts.append((held[transfer.guid].place, size, state, None))
        shifts.append(((transfer.to, site, wave, batch), size, None, state))
    return shifts


def planned_differs(connection: Connection) -> Sequence[str]:
    """Organisations whose planned number is not how many mailboxes they have."""
    counted = (
        select(mailboxes.c.organisation, func.count().label("n"))
        .group_by(mailboxes.c.organisation)
        .subquery()
    )
    query = (
        select(organisations.c.code)
        .join(counted, counted.c.organisation == organisations.c.code, isouter=True)
        .where(organisations.c.planned != func.coalesce(counted.c.n, 0))
    )
    return list(connection.execute(query.order_by(organisations.c.code)).scalars())
