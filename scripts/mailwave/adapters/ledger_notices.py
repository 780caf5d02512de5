"""The ledger's notices: reserved before they are sent, settled after, and read back from the service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, literal_column, select, update

from mailwave.adapters.ledger_estate import states_of
from mailwave.adapters.ledger_schema import journal, mailboxes, notices
from mailwave.adapters.ledger_store import chunks
from mailwave.adapters.ledger_text import storable
from mailwave.core.notices import (
    WENT_OUT,
    Audience,
    Milestone,
    Notice,
    NoticeRecord,
    NoticeState,
    Undelivered,
    may_be_told,
)
from mailwave.core.refusals import NoticeSettled, UnknownNotice

Key = tuple[str, str, str, str]

_ASTRAY: ColumnElement[bool] = literal_column("notices.state IN ('failed', 'undelivered')")
"""As the index says it, word for word, or it is not used."""


def to_reserve(connection: Connection, wanted: Sequence[Notice]) -> list[Notice]:
    """Those of *wanted* that nobody reserved, each once, and that may be sent as their mailboxes stand now.

    Raises:
        UnknownMailboxes: one is for a mailbox that the ledger lacks.
    """
    people = sorted({each.guid for each in wanted if each.audience is not Audience.ADMINISTRATOR})
    states = states_of(connection, people)
    held = _held(connection, [each.guid for each in wanted])
    fresh: dict[Key, Notice] = {}
    for each in wanted:
        of_any_night = (each.guid, each.milestone.value, "", each.audience.value)
        own = each.audience is Audience.USER
        if own and not may_be_told(each.milestone, states[each.guid]):
            continue
        if each.key not in held and of_any_night not in held:
            fresh.setdefault(each.key, each)
    return list(fresh.values())


def _held(connection: Connection, guids: Iterable[str]) -> set[Key]:
    """The keys of every notice to *guids*."""
    columns = (notices.c.guid, notices.c.milestone, notices.c.night, notices.c.audience)
    return {
        (row.guid, row.milestone, row.night, row.audience)
        for part in chunks(sorted(set(guids)))
        for row in connection.execute(select(*columns).where(notices.c.guid.in_(part)))
    }


def insert_notices(connection: Connection, n: int, fresh: Sequence[Notice]) -> None:
    """Write notices reserved by journal entry *n*."""
    connection.execute(
        insert(notices),
        [
            {
                "guid": each.guid,
                "milestone": each.milestone.value,
                "night": each.night,
                "audience": each.audience.value,
                "reference": each.reference,
                "state": NoticeState.RESERVED.value,
                "detail": "",
                "reserved": n,
            }
            for each in fresh
        ],
    )


def is_news(connection: Connection, ended: NoticeRecord) -> bool:
    """Whether the end of a notice is not recorded yet.

    Raises:
        UnknownNotice: it was never reserved.
        NoticeSettled: it ended before, in a way from which this does not follow.
    """
    row = connection.execute(select(notices).where(*_this(ended.notice))).first()
    guid, milestone = ended.notice.guid, ended.notice.milestone
    if row is None:
        raise UnknownNotice(guid=guid, milestone=milestone)
    if (row.state, row.detail) == (ended.state.value, storable(ended.detail)):
        return False
    came_back = (row.state, ended.state) == (NoticeState.SENT.value, NoticeState.UNDELIVERED)
    if row.state != NoticeState.RESERVED.value and not came_back:
        raise NoticeSettled(guid=guid, milestone=milestone, held=row.state, offered=ended.state)
    return True


def settle(connection: Connection, n: int, ended: Sequence[NoticeRecord]) -> None:
    """Write the ends of notices as journal entry *n* has them; when one went out is kept when it comes back."""
    for each in ended:
        if each.state is NoticeState.RELEASED:
            connection.execute(delete(notices).where(*_this(each.notice)))
            continue
        connection.execute(
            update(notices)
            .where(*_this(each.notice))
            .values(
                state=each.state.value,
                detail=storable(each.detail),
                settled=func.coalesce(notices.c.settled, n),
            )
        )


def _this(notice: Notice) -> tuple[ColumnElement[bool], ...]:
    columns = (notices.c.guid, notices.c.milestone, notices.c.night, notices.c.audience)
    return tuple(column == part for column, part in zip(columns, notice.key, strict=True))


def states(
    connection: Connection, milestone: Milestone, guids: Sequence[str], night: date | None, audience: Audience
) -> dict[str, NoticeState]:
    """The state of each notice of *milestone* about *night* (None: any) to *guids*; who has none is absent."""
    query = select(notices.c.guid, notices.c.state).where(
        notices.c.milestone == milestone.value, notices.c.audience == audience.value
    )
    if night is not None:
        query = query.where(notices.c.night.in_(("", night.isoformat())))
    return {
        guid: NoticeState(state)
        for part in chunks(guids)
        for guid, state in connection.execute(query.where(notices.c.guid.in_(part)))
    }


def find(connection: Connection, state: NoticeState | None = None) -> list[NoticeRecord]:
    """The notices in *state* (None: any), by recipient, milestone, night and audience."""
    query = select(notices).order_by(notices.c.guid, notices.c.milestone, notices.c.night, notices.c.audience)
    if state is not None:
        query = query.where(notices.c.state == state.value)
    return [_record(row) for row in connection.execute(query)]


def under(connection: Connection, references: Iterable[str]) -> dict[str, NoticeRecord]:
    """The notices of *references*, by them."""
    return {
        row.reference: _record(row)
        for part in chunks(list(references))
        for row in connection.execute(select(notices).where(notices.c.reference.in_(part)))
    }


def _record(row: Row[tuple[object, ...]]) -> NoticeRecord:
    notice = Notice(row.guid, Milestone(row.milestone), row.reference, row.night, Audience(row.audience))
    return NoticeRecord(notice, NoticeState(row.state), row.detail)


def ends(connection: Connection) -> Mapping[Key, int]:
    """The journal entry that settled each notice that is settled."""
    columns = (notices.c.guid, notices.c.milestone, notices.c.night, notices.c.audience, notices.c.settled)
    rows = connection.execute(select(*columns).where(notices.c.settled.is_not(None)))
    return {(row.guid, row.milestone, row.night, row.audience): row.settled for row in rows}


def sent_since(connection: Connection, moment: datetime) -> int:
    """How many notices went out at or after *moment*, as far as that is settled."""
    first = select(func.min(journal.c.n)).where(journal.c.at >= moment).scalar_subquery()
    query = select(func.count()).where(
        notices.c.settled >= first, notices.c.state.in_([state.value for state in WENT_OUT])
    )
    return int(connection.execute(query).scalar_one())


def undelivered(connection: Connection, organisation: str | None) -> list[Undelivered]:
    """What people of *organisation* (None: any) did not get: refused by the service, or come back to it."""
    query = (
        select(notices, mailboxes.c.organisation, mailboxes.c.address, mailboxes.c.display_name)
        .join_from(notices, mailboxes, mailboxes.c.guid == notices.c.guid, isouter=True)
        .where(_ASTRAY)
        .order_by(notices.c.guid, notices.c.milestone, notices.c.night, notices.c.audience)
    )
    found = [_undelivered(row) for row in connection.execute(query)]
    return [each for each in found if organisation in (None, each.organisation)]


def _undelivered(row: Row[tuple[object, ...]]) -> Undelivered:
    code, _, person = row.guid.rpartition("/")
    return Undelivered(
        organisation=row.organisation or code,
        recipient=person,
        address=row.address or "",
        name=row.display_name or "",
        milestone=Milestone(row.milestone),
        audience=Audience(row.audience),
        night=row.night,
        state=NoticeState(row.state),
        why=row.detail,
    )
