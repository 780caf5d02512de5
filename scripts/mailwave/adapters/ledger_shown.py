"""What pages show of a ledger: sums, and the rows of one organisation or one person, never an object a mailbox."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import func, or_, select

from mailwave.adapters import ledger_summary
from mailwave.adapters.ledger_estate import mailboxes_of
from mailwave.adapters.ledger_open import OpenLedger
from mailwave.adapters.ledger_schema import (
    batches,
    in_flight,
    mailboxes,
    organisations,
    permissions,
    waves,
)
from mailwave.adapters.ledger_store import chunks
from mailwave.core.estate import Mailbox, Organisation, Permission, Record
from mailwave.core.overview import Night
from mailwave.core.states import MailboxState

_MAILBOX = [mailboxes.c[field.name] for field in msgspec.structs.fields(Mailbox)]
_ORGANISATION = [organisations.c[field.name] for field in msgspec.structs.fields(Organisation)]
_KEPT_OUT = [state.value for state in (MailboxState.DEFERRED, MailboxState.EXCLUDED, MailboxState.FAILED)]


class ShownLedger(OpenLedger):
    """The part of `mailwave.adapters.ledger.Ledger` that pages read; all of it is by an index or a kept sum."""

    def nights(self) -> list[Night]:
        """The waves without their mailboxes, in the order of their windows."""
        query = select(waves.c.id, waves.c.night, waves.c.window_start, waves.c.window_end)
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(waves.c.window_start, waves.c.id))
            return [Night(*row) for row in rows]

    def sites_of_batches(self, wave: str) -> list[tuple[str, str]]:
        """The batches of *wave* in the plan's order, each with its site."""
        query = select(batches.c.name, batches.c.site).where(batches.c.wave == wave).order_by(batches.c.place)
        with self._store.read() as connection:
            return [(name, site) for name, site in connection.execute(query)]

    def reasons(self) -> list[tuple[MailboxState, str, int]]:
        """How many mailboxes are kept out or have failed for which reason, in words, most first."""
        number = func.count().label("number")
        query = (
            select(mailboxes.c.state, mailboxes.c.why, number)
            .where(mailboxes.c.state.in_(_KEPT_OUT))
            .group_by(mailboxes.c.state, mailboxes.c.why)
            .order_by(number.desc(), mailboxes.c.state, mailboxes.c.why)
        )
        with self._store.read() as connection:
            return [(MailboxState(state), why, count) for state, why, count in connection.execute(query)]

    def organisation(self, code: str) -> Organisation | None:
        """The organisation with exactly that *code*, None where there is none."""
        with self._store.read() as connection:
            row = connection.execute(select(*_ORGANISATION).where(organisations.c.code == code)).first()
            return Organisation(*row) if row else None

    def records_of(self, organisation: str) -> list[Record]:
        """The mailboxes of *organisation*, by ExchangeGuid."""
        return self._records(mailboxes.c.organisation == organisation)

    def record_of_address(self, address: str) -> Record | None:
        """The mailbox with exactly that *address*, None where there is none."""
        return next(iter(self._records(mailboxes.c.address == address)), None)

    def rights_of(self, guids: Sequence[str]) -> list[Permission]:
        """The rights that are held on or by *guids*, sorted."""
        found: set[Permission] = set()
        with self._store.read() as connection:
            for some in chunks(guids):
                ends = or_(permissions.c.guid.in_(some), permissions.c.trustee.in_(some))
                rows = connection.execute(
                    select(permissions.c.guid, permissions.c.trustee, permissions.c.kind).where(ends)
                )
                found.update(Permission(*row) for row in rows)
        return sorted(found)

    def named(self, guids: Sequence[str]) -> dict[str, tuple[Mailbox, str | None]]:
        """The mailboxes *guids*, each with its wave, by ExchangeGuid."""
        in_wave: dict[str, str] = {}
        with self._store.read() as connection:
            boxes = mailboxes_of(connection, guids)
            for some in chunks(guids):
                planned = select(mailboxes.c.guid, batches.c.wave).join_from(mailboxes, batches)
                rows = connection.execute(planned.where(mailboxes.c.guid.in_(some)))
                in_wave |= {row.guid: row.wave for row in rows}
        return {box.guid: (box, in_wave.get(box.guid)) for box in boxes}

    def _records(self, where: object) -> list[Record]:
        why = func.coalesce(in_flight.c.why, mailboxes.c.why)
        query = (
            select(*_MAILBOX, ledger_summary.STATE, why, batches.c.wave, mailboxes.c.batch)
            .join_from(mailboxes, batches, isouter=True)
            .join(in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True)
            .where(where)  # type: ignore[arg-type]  # a comparison of columns
            .order_by(mailboxes.c.guid)
        )
        with self._store.read() as connection:
            return [
                Record(Mailbox(*box), MailboxState(held), text, wave, batch)
                for *box, held, text, wave, batch in connection.execute(query)
            ]
