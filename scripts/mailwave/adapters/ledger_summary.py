"""The kept summary: how many mailboxes of each organisation, site, wave and batch are in which state, and their bytes.

Whatever changes a mailbox changes the summary in the same transaction, so a dashboard reads a few hundred rows where it
would count millions. `recount` counts them all the same, for proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, delete, func, insert, literal, select

from mailwave.adapters.ledger_rows import NUMBER, TEXT, inserting
from mailwave.adapters.ledger_schema import ALOFT_ROW, batches, in_flight, mailboxes, summary
from mailwave.core.progress import Deltas, Face, Shift, Tallies, Tally, deltas
from mailwave.core.states import MailboxState

_ADD = inserting(
    "summary",
    ("face", TEXT),
    ("name", TEXT),
    ("state", TEXT),
    ("mailboxes", NUMBER),
    ("size_bytes", NUMBER),
    conflict="ON CONFLICT (face, name, state) DO UPDATE SET mailboxes = summary.mailboxes + excluded.mailboxes, "
    "size_bytes = summary.size_bytes + excluded.size_bytes",
)

STATE = case(
    (mailboxes.c.state == ALOFT_ROW, func.coalesce(in_flight.c.state, MailboxState.UNKNOWN.value)),
    else_=mailboxes.c.state,
)
"""The state of a mailbox, of `mailboxes` joined with `in_flight`; who should be there and is not is in doubt."""

_NAMES = {
    Face.ORGANISATION: mailboxes.c.organisation,
    Face.SITE: mailboxes.c.site,
    Face.WAVE: func.coalesce(batches.c.wave, ""),
    Face.BATCH: func.coalesce(mailboxes.c.batch, ""),
}


def add(connection: Connection, shifts: Sequence[Shift]) -> None:
    """Count what *shifts* change."""
    found: Deltas = deltas(shifts)
    _ADD.run(connection, [(*key, *change) for key, change in sorted(found.items())])


def tallies(connection: Connection, face: Face) -> dict[str, dict[MailboxState, Tally]]:
    """What is kept by *face*."""
    query = select(summary.c.name, summary.c.state, summary.c.mailboxes, summary.c.size_bytes).where(
        summary.c.face == face.value, summary.c.mailboxes != 0
    )
    return _by_name(connection, query)


def recount(connection: Connection, face: Face) -> dict[str, dict[MailboxState, Tally]]:
    """The same from the mailboxes themselves."""
    return _by_name(connection, _counted(face))


def rebuild(connection: Connection, *faces: Face) -> None:
    """Make the summary of *faces* (none: of all) anew."""
    for face in faces or Face:
        connection.execute(delete(summary).where(summary.c.face == face.value))
        counted = _counted(face).subquery()
        rows = select(literal(face.value), counted)
        connection.execute(
            insert(summary).from_select(["face", "name", "state", "mailboxes", "size_bytes"], rows)
        )


def differences(connection: Connection) -> dict[Face, tuple[Tallies, Tallies]]:
    """Faces of which the summary is not what the mailboxes come to: what is kept, and what is."""
    found = {face: (tallies(connection, face), recount(connection, face)) for face in Face}
    return {face: (kept, counted) for face, (kept, counted) in found.items() if kept != counted}


def _counted(face: Face) -> Select[Any]:
    name = _NAMES[face]
    held = select(
        name.label("name"),
        STATE.label("state"),
        func.count().label("mailboxes"),
        func.coalesce(func.sum(mailboxes.c.size_bytes), 0).label("size_bytes"),
    )
    held = held.select_from(mailboxes).join(in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True)
    if face is Face.WAVE:
        held = held.join(batches, batches.c.name == mailboxes.c.batch, isouter=True)
    return held.group_by(name, STATE)


def _by_name(connection: Connection, query: Select[Any]) -> dict[str, dict[MailboxState, Tally]]:
    found: dict[str, dict[MailboxState, Tally]] = {}
    for name, state, number, size in connection.execute(query):
        found.setdefault(name, {})[MailboxState(state)] = Tally(number, int(size))
    return found
