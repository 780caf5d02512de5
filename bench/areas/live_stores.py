"""A national ledger in the middle of an evening, made without its journal, and the wide table beside it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mailwave.adapters import ledger_estate, ledger_summary
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_rows import NUMBER, TEXT, inserting
from mailwave.adapters.ledger_store import Store
from mailwave.core.progress import Sighting, Tally
from mailwave.core.reason import Reason
from mailwave.core.states import MailboxState, Transition

REASON = Reason(who="bench", source="bench", ticket="BENCH", text="a poll")
NOW = datetime(2026, 9, 1, 20, 0, tzinfo=UTC)
ORGANISATIONS = 22_000
SITES = 40
WAVES = 171
"""Nights of the record move."""

CHUNK = 50_000

S = MailboxState

_ORGANISATIONS = inserting(
    "organisations",
    *((name, TEXT) for name in ("code", "name", "kind", "region", "icb", "postcode")),
    ("planned", NUMBER),
)
_WAVES = inserting(
    "waves",
    ("id", TEXT),
    ("night", "date"),
    *((name, TEXT) for name in ("window_start", "window_end", "digest")),
)
_BATCHES = inserting("batches", *((name, TEXT) for name in ("name", "wave", "site")), ("place", NUMBER))
_RIGHTS = inserting("permissions", ("guid", TEXT), ("trustee", TEXT), ("kind", TEXT))
_MAILBOXES = inserting(
    "mailboxes",
    *((name, TEXT) for name in ("guid", "address", "alias", "display_name", "organisation", "site")),
    *((name, TEXT) for name in ("recipient_type", "legacy_dn", "server", "database")),
    ("size_bytes", NUMBER),
    ("items", NUMBER),
    *((name, TEXT) for name in ("state", "why", "batch")),
    ("place", NUMBER),
)


def fill(store: Store, ledger: Ledger, mailboxes: int, live: int) -> dict[str, MailboxState]:
    """Fill *ledger*, in *store*, with *mailboxes*, of which *live* of the middle waves are in flight; return those.

    They come in no order, as a service shows them.
    """
    nights = max(1, min(WAVES, mailboxes // live))
    codes = [f"O{n:05d}" for n in range(min(ORGANISATIONS, mailboxes))]
    with store.write() as connection:
        owners = Counter(_owner(n, len(codes)) for n in range(mailboxes))
        planned = [owners[n] for n in range(len(codes))]
        _ORGANISATIONS.run(
            connection, [(code, code, "trust", "", "", "", n) for code, n in zip(codes, planned, strict=True)]
        )
        _WAVES.run(connection, [_wave(n) for n in range(nights)])
        _BATCHES.run(connection, [_batch(n, site) for n in range(nights) for site in range(SITES)])
        for first in range(0, mailboxes, CHUNK):
            some = range(first, min(first + CHUNK, mailboxes))
            _MAILBOXES.run(connection, [_mailbox(n, nights, codes) for n in some])
        ledger_summary.rebuild(connection)
        ledger_estate.keep_planned(connection)
    evening = [_guid(n) for n in range(mailboxes) if _night(n, nights) in {nights // 2, nights // 2 + 1}]
    flying = sorted(evening, key=lambda guid: guid[::-1])[:live]
    for step, every in ((S.SYNCING, 1), (S.SYNCED, 2), (S.COMPLETING, 4)):
        ledger.move_state([Transition(guid, step, "Syncing") for guid in flying[::every]], REASON)
    return (
        dict.fromkeys(flying, S.SYNCING)
        | dict.fromkeys(flying[::2], S.SYNCED)
        | dict.fromkeys(flying[::4], S.COMPLETING)
    )


def share(store: Store, mailboxes: int) -> None:
    """Let every third person use the mailbox of the next, and the one after that use theirs."""
    with store.write() as connection:
        for first in range(0, mailboxes, CHUNK):
            some = range(first + -first % 3, min(first + CHUNK, mailboxes), 3)
            rights = [(_guid((n + 1) % mailboxes), _guid(n), "FullAccess") for n in some]
            rights += [(_guid(n), _guid((n + 2) % mailboxes), "SendAs") for n in some]
            _RIGHTS.run(connection, rights)
        connection.exec_driver_sql("ANALYZE permissions")


def person(n: int) -> str:
    """The alias of the person with mailbox *n*."""
    return f"person{n}"


def _chances(n: int) -> tuple[float, float]:
    """Two numbers from 0 to 1 that depend on *n* and on nothing else."""
    found = hashlib.md5(n.to_bytes(8), usedforsecurity=False).digest()
    return int.from_bytes(found[:4]) / 2**32, int.from_bytes(found[4:8]) / 2**32


def _owner(n: int, organisations: int) -> int:
    """Whose mailbox *n* is: a few own thousands, most a few."""
    return int(organisations * _chances(n)[0] ** 3)


def _night(n: int, nights: int) -> int:
    """The night of mailbox *n*; those of a night lie far from each other in the table."""
    return int(nights * _chances(n)[1])


def _guid(n: int) -> str:
    return f"{n * 2039:08x}-7f3a-4b5c-8d6e-{n:012x}"


def _wave(n: int) -> tuple[object, ...]:
    start = NOW + timedelta(days=n)
    moment = "%Y-%m-%dT%H:%M:%S.%fZ"
    end = start + timedelta(hours=9)
    return (f"W{n:03d}", f"{start:%Y-%m-%d}", f"{start:{moment}}", f"{end:{moment}}", f"digest {n}")


def _batch(night: int, site: int) -> tuple[object, ...]:
    return (f"W{night:03d}-{site:02d}", f"W{night:03d}", f"site{site:02d}", site)


def _mailbox(n: int, nights: int, codes: Sequence[str]) -> tuple[object, ...]:
    code, site, night = codes[_owner(n, len(codes))], n % SITES, _night(n, nights)
    return (
        *(_guid(n), f"{person(n)}@nhsmail.example", person(n), f"Person {n}", code, f"site{site:02d}"),
        *(
            "UserMailbox",
            f"/o=NHSmail/ou=Exchange/cn=Recipients/cn={person(n)}",
            f"EX{site:02d}",
            f"DB{n % 9}",
        ),
        *(500_000_000 + n * 571, 10_000 + n % 977, S.WAITING.value, "", f"W{night:03d}-{site:02d}", n),
    )


_PROGRESS = (
    "UPDATE wide SET status = {0}, percent = {0}, bytes_moved = {0}, items_moved = {0}, stall = {0}, seen = {0} "
    "WHERE guid = {0}"
)
_STATE = "UPDATE wide SET state = {0}, why = {0} WHERE guid = {0}"
_MARKS = {"sqlite": "?", "postgresql": "%s"}
_MAKE = (
    (
        "CREATE TABLE wide AS SELECT m.*, b.wave, 'Syncing' AS status, 10 AS percent, m.size_bytes AS bytes_moved, "
        "m.items AS items_moved, '' AS stall, m.size_bytes AS seen FROM mailboxes m "
        "LEFT JOIN batches b ON b.name = m.batch"
    ),
    "UPDATE wide SET state = f.state FROM in_flight f WHERE f.guid = wide.guid",
    "CREATE UNIQUE INDEX ix_wide_guid ON wide (guid)",
    "CREATE INDEX ix_wide_counts ON wide (organisation, state)",
    "CREATE INDEX ix_wide_state ON wide (state)",
    "ANALYZE",
)


@dataclass(frozen=True)
class Wide:
    """One table with all that is known of a mailbox, in the same *store* as the ledger; polls write row by row."""

    store: Store

    @classmethod
    def copied(cls, store: Store) -> Wide:
        """What the ledger in *store* holds as one table, with the indexes that the ledger has on its mailboxes."""
        with store.write() as connection:
            for statement in _MAKE:
                connection.exec_driver_sql(statement)
        return cls(store)

    def poll(self, sightings: Sequence[Sighting], steps: Sequence[Transition], seen: datetime) -> int:
        """Write what a poll saw, and return how many rows were changed."""
        moment = int(seen.timestamp())
        figures = [(*sighting[1:], moment, sighting[0]) for sighting in sightings]
        states = [(step.to.value, step.why, step.guid) for step in steps]
        with self.store.write() as connection:
            mark = _MARKS[connection.dialect.name]
            if states:
                connection.exec_driver_sql(_STATE.format(mark), states)
            return connection.exec_driver_sql(_PROGRESS.format(mark), figures).rowcount

    def by_wave(self) -> Mapping[str, Mapping[MailboxState, Tally]]:
        """Mailboxes and bytes by wave and state, counted from the rows."""
        query = "SELECT wave, state, count(*), sum(size_bytes) FROM wide GROUP BY wave, state"
        found: dict[str, dict[MailboxState, Tally]] = {}
        with self.store.read() as connection:
            for wave, state, number, size in connection.exec_driver_sql(query):
                found.setdefault(wave, {})[MailboxState(state)] = Tally(number, int(size))
        return found
