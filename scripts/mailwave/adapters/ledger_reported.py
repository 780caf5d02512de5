"""What reports read of a ledger: mailboxes, notices and reasons, counted by the database."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select, true

from mailwave.adapters import ledger_summary
from mailwave.adapters.ledger_open import OpenLedger
from mailwave.adapters.ledger_schema import batches, in_flight, mailboxes, notices, waves
from mailwave.core.licences import LARGEST_WITHOUT, OF_NOBODY
from mailwave.core.notices import WENT_OUT, Audience, Milestone
from mailwave.core.reports.facts import Cluster, Part, Sent, Told
from mailwave.core.states import MailboxState

_WAVE = func.coalesce(batches.c.wave, "")
_BATCH = func.coalesce(mailboxes.c.batch, "")
_KEPT_OUT = [state.value for state in (MailboxState.DEFERRED, MailboxState.EXCLUDED, MailboxState.FAILED)]
_NEEDS = or_(
    mailboxes.c.recipient_type.not_in(sorted(OF_NOBODY)),
    func.coalesce(mailboxes.c.size_bytes, 0) > LARGEST_WITHOUT,
)


class ReportedLedger(OpenLedger):
    """The part of `mailwave.adapters.ledger.Ledger` that reports read: sums, and no object a mailbox."""

    def clusters(self, part: Part) -> list[Cluster]:
        """The mailboxes of *part*, by organisation, wave, batch and state."""
        query = select(
            mailboxes.c.organisation,
            _WAVE,
            _BATCH,
            ledger_summary.STATE,
            func.count(),
            func.coalesce(func.sum(mailboxes.c.size_bytes), 0),
            func.coalesce(func.sum(case((_NEEDS, 1), else_=0)), 0),
        )
        query = _mailboxes(query, part).group_by(
            mailboxes.c.organisation, _WAVE, _BATCH, ledger_summary.STATE
        )
        with self._store.read() as connection:
            rows = connection.execute(query)
            return sorted(
                Cluster(body, wave, batch, MailboxState(state), number, int(size), int(needed))
                for body, wave, batch, state, number, size, needed in rows
            )

    def reasons_in(self, part: Part) -> list[tuple[MailboxState, str, int]]:
        """How many mailboxes of *part* are kept out or have failed for which reason, most first."""
        number = func.count().label("number")
        query = _mailboxes(select(mailboxes.c.state, mailboxes.c.why, number), part)
        query = query.where(mailboxes.c.state.in_(_KEPT_OUT)).group_by(mailboxes.c.state, mailboxes.c.why)
        query = query.order_by(number.desc(), mailboxes.c.state, mailboxes.c.why)
        with self._store.read() as connection:
            return [(MailboxState(state), why, count) for state, why, count in connection.execute(query)]

    def told(self, part: Part) -> list[Told]:
        """By night, who was told of it two weeks before, and how many of them have moved in it; see `Told`."""
        moved = and_(
            mailboxes.c.state == MailboxState.MOVED.value, cast(waves.c.night, String) == notices.c.night
        )
        query = (
            select(notices.c.night, func.count(), func.coalesce(func.sum(case((moved, 1), else_=0)), 0))
            .select_from(notices)
            .join(mailboxes, mailboxes.c.guid == notices.c.guid)
            .join(batches, batches.c.name == mailboxes.c.batch, isouter=True)
            .join(waves, waves.c.id == batches.c.wave, isouter=True)
            .where(
                notices.c.milestone == Milestone.TWO_WEEKS.value,
                notices.c.audience == Audience.USER.value,
                notices.c.state.in_(sorted(WENT_OUT)),
                _notices_of(part),
            )
            .group_by(notices.c.night)
            .order_by(notices.c.night)
        )
        with self._store.read() as connection:
            return [Told(night, people, int(kept)) for night, people, kept in connection.execute(query)]

    def sent(self, part: Part) -> list[Sent]:
        """The notices to the people of *part*, and to the administrators of its organisation, by their ends."""
        query = (
            select(notices.c.milestone, notices.c.state, func.count())
            .where(_notices_of(part))
            .group_by(notices.c.milestone, notices.c.state)
            .order_by(notices.c.milestone, notices.c.state)
        )
        with self._store.read() as connection:
            return [Sent(*row) for row in connection.execute(query)]


def _mailboxes[*Columns](query: Select[*Columns], part: Part) -> Select[*Columns]:
    joined = (
        query.select_from(mailboxes)
        .join(in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True)
        .join(batches, batches.c.name == mailboxes.c.batch, isouter=True)
    )
    return joined.where(_of(part))


def _of(part: Part) -> ColumnElement[bool]:
    if part.wave:
        return batches.c.wave == part.wave
    return mailboxes.c.organisation == part.organisation if part.organisation else true()


def _notices_of(part: Part) -> ColumnElement[bool]:
    """Of a wave, those about its night; of an organisation, those to its people and its administrators."""
    if part.wave:
        night = select(cast(waves.c.night, String)).where(waves.c.id == part.wave)
        return notices.c.night.in_(night)
    if part.organisation:
        people = select(mailboxes.c.guid).where(mailboxes.c.organisation == part.organisation)
        return or_(
            notices.c.guid.in_(people), notices.c.guid.startswith(f"{part.organisation}/", autoescape=True)
        )
    return true()
