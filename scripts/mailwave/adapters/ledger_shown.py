"""What pages show of a ledger: sums, and the rows of one organisation or one person, never an object a mailbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, bindparam, func, or_, select

from mailwave.adapters import ledger_summary
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
from mailwave.core.organisation_view import Around
from mailwave.core.overview import Night
from mailwave.core.states import MailboxState

_MAILBOX = [mailboxes.c[field.name] for field in msgspec.structs.fields(Mailbox)]
_ORGANISATION = [organisations.c[field.name] for field in msgspec.structs.fields(Organisation)]
_KEPT_OUT = [state.value for state in (MailboxState.DEFERRED, MailboxState.EXCLUDED, MailboxState.FAILED)]

# What every visit asks is made once: to build a question takes longer than to answer it.
_NIGHTS = select(waves.c.id, waves.c.night, waves.c.window_start, waves.c.window_end).order_by(
    waves.c.window_start, waves.c.id
)
_RECORDS = (
    select(
        *_MAILBOX,
        ledger_summary.STATE,
        func.coalesce(in_flight.c.why, mailboxes.c.why),
        batches.c.wave,
        mailboxes.c.batch,
    )
    .join_from(mailboxes, batches, isouter=True)
    .join(in_flight, in_flight.c.guid == mailboxes.c.guid, isouter=True)
    .order_by(mailboxes.c.guid)
)
_OF_ORGANISATION = _RECORDS.where(mailboxes.c.organisation == bindparam("asked"))
_OF_ADDRESS = _RECORDS.where(mailboxes.c.address == bindparam("asked"))
_RIGHTS = select(permissions.c.guid, permissions.c.trustee, permissions.c.kind).where(
    or_(
        permissions.c.guid.in_(bindparam("ends", expanding=True)),
        permissions.c.trustee.in_(bindparam("ends", expanding=True)),
    )
)
_NAMED = (
    select(*_MAILBOX, waves.c.id, waves.c.night, waves.c.window_start, waves.c.window_end)
    .join_from(mailboxes, batches, isouter=True)
    .join(waves, isouter=True)
    .where(mailboxes.c.guid.in_(bindparam("guids", expanding=True)))
)


class ShownLedger(OpenLedger):
    """The part of `mailwave.adapters.ledger.Ledger` that pages read; all of it is by an index or a kept sum."""

    def nights(self) -> list[Night]:
        """The waves without their mailboxes, in the order of their windows."""
        with self._store.read() as connection:
            return [Night(*row) for row in connection.execute(_NIGHTS)]

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

    def put_off(self, reasons: Sequence[str]) -> dict[str, int]:
        """How many mailboxes of each organisation are deferred for one of *reasons*, with which a reason begins."""
        if not reasons:
            return {}
        why = mailboxes.c.why
        begins = or_(*(or_(why == code, why.startswith(f"{code}:", autoescape=True)) for code in reasons))
        query = (
            select(mailboxes.c.organisation, func.count())
            .where(mailboxes.c.state == MailboxState.DEFERRED.value, begins)
            .group_by(mailboxes.c.organisation)
        )
        with self._store.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def organisation(self, code: str) -> Organisation | None:
        """The organisation with exactly that *code*, None where there is none."""
        with self._store.read() as connection:
            row = connection.execute(select(*_ORGANISATION).where(organisations.c.code == code)).first()
            return Organisation(*row) if row else None

    def records_of(self, organisation: str) -> list[Record]:
        """The mailboxes of *organisation*, by ExchangeGuid."""
        with self._store.read() as connection:
            return _records(connection, _OF_ORGANISATION, organisation)

    def rights_of(self, guids: Sequence[str]) -> list[Permission]:
        """The rights that are held on or by *guids*, sorted."""
        with self._store.read() as connection:
            return _rights(connection, guids)

    def named(self, guids: Sequence[str]) -> dict[str, tuple[Mailbox, str | None]]:
        """The mailboxes *guids*, each with its wave, by ExchangeGuid."""
        with self._store.read() as connection:
            return {box.guid: (box, wave) for box, (wave, *_) in _named(connection, guids)}

    def record_of_address(self, address: str) -> Record | None:
        """The mailbox with exactly that *address*, None where there is none."""
        with self._store.read() as connection:
            return next(iter(_records(connection, _OF_ADDRESS, address)), None)

    def around(self, address: str) -> Around | None:
        """The mailbox with exactly that *address* and what it shares, None where there is none."""
        # one reading for all: each word with a server takes as long as an answer
        with self._store.read() as connection:
            record = next(iter(_records(connection, _OF_ADDRESS, address)), None)
            if record is None:
                return None
            rights = _rights(connection, [record.mailbox.guid])
            ends = {record.mailbox.guid, *(end for right in rights for end in (right.guid, right.trustee))}
            found = _named(connection, sorted(ends))
        named = {box.guid: (box, wave) for box, (wave, *_) in found}
        return Around(record, rights, named, {night[0]: Night(*night) for _, night in found if night[0]})


def _records(connection: Connection, query: Select[Any], asked: str) -> list[Record]:
    return [
        Record(Mailbox(*box), MailboxState(held), text, wave, batch)
        for *box, held, text, wave, batch in connection.execute(query, {"asked": asked})
    ]


def _rights(connection: Connection, guids: Sequence[str]) -> list[Permission]:
    found: set[Permission] = set()
    for some in chunks(guids):
        found.update(Permission(*row) for row in connection.execute(_RIGHTS, {"ends": some}))
    return sorted(found)


def _named(connection: Connection, guids: Sequence[str]) -> list[tuple[Mailbox, Sequence[Any]]]:
    """The mailboxes *guids*, each with the fields of its `Night`, which are None where it has none."""
    rows = (row for some in chunks(guids) for row in connection.execute(_NAMED, {"guids": some}))
    return [(Mailbox(*row[: len(_MAILBOX)]), row[len(_MAILBOX) :]) for row in rows]
