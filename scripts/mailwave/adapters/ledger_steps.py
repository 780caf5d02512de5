"""What has changed since one looked: the journal's last steps, so that nobody reads thousands of mailboxes again."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, func, select

from mailwave.adapters.ledger_replay import AMEND, IMPORT, PLAN, STEPS
from mailwave.adapters.ledger_schema import journal
from mailwave.core.progress import Steps
from mailwave.core.states import MailboxState

_CHANGING = (STEPS, IMPORT, AMEND, PLAN)
"""The acts of the journal that change a mailbox's row, or whose it is."""


class _Detail(msgspec.Struct):
    steps: list[tuple[str, str, MailboxState, str]]


_DECODER = msgspec.json.Decoder(_Detail)


def steps(connection: Connection, after: int | None) -> Steps:
    """Where mailboxes have stepped *after* an entry of the journal; of None, and of other changes, everywhere."""
    if after is None:
        return Steps(connection.execute(select(func.coalesce(func.max(journal.c.n), 0))).scalar_one(), None)
    query = select(journal.c.n, journal.c.act, journal.c.detail).where(
        journal.c.n > after, journal.c.act.in_(_CHANGING)
    )
    rows = connection.execute(query.order_by(journal.c.n)).all()
    if any(row.act != STEPS for row in rows):
        return steps(connection, None)
    taken = (step for row in rows for step in _DECODER.decode(row.detail).steps)
    return Steps(rows[-1].n if rows else after, {guid: (to, why) for guid, _, to, why in taken})
