"""What polls see of the mailboxes in flight, packed into a row a thousand: every poll changes it for all of them.

A page is a row with what was seen of the mailboxes of its slots, by the moment of the poll that saw them. Nobody asks
the database for one figure, so it need not know them apart; what a dashboard counts of them stands beside them. Whoever
lands is taken out of their page, and a slot is never given twice, so that a poll may remember whose page is which.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, delete, func, select

from mailwave.adapters.ledger_rows import BYTES, NUMBER, TEXT, inserting
from mailwave.adapters.ledger_schema import in_flight, progress
from mailwave.core.progress import Sighting

PAGE = 1_000
"""Slots of a page. A batch of a wave holds at most 2,000 mailboxes, and they take off together."""

Page = dict[int, list[Sighting]]
"""What was seen last of each mailbox, by the second since 1970, UTC."""

_PAGES = msgspec.msgpack.Decoder(Page)
_STALLS = msgspec.json.Decoder(dict[str, int])
_WRITE = inserting(
    "progress",
    ("page", NUMBER),
    ("stalls", TEXT),
    ("figures", BYTES),
    conflict="ON CONFLICT (page) DO UPDATE SET stalls = excluded.stalls, figures = excluded.figures",
)
_HELD_UP = select(progress.c.stalls).where(progress.c.stalls != "{}")
_ALOFT = select(func.count(), func.max(in_flight.c.slot)).select_from(in_flight)
_SLOTS = select(in_flight.c.guid, in_flight.c.slot)


class Pages:
    """The page of each mailbox in flight, and how many are on each, of *slots* by ExchangeGuid as they were read once.

    As many slots as then and the same last one are the same slots, as none is given twice.
    """

    def __init__(self, slots: Mapping[str, int]) -> None:
        self.by_guid = {guid: slot // PAGE for guid, slot in slots.items()}
        self.heights = Counter(self.by_guid.values())
        self._known = (len(slots), max(slots.values(), default=None))

    def now(self, connection: Connection) -> Pages:
        """These, or those that there are if they are others."""
        if self._known == tuple(connection.execute(_ALOFT).one()):
            return self
        return Pages({row.guid: row.slot for row in connection.execute(_SLOTS)})


def note(connection: Connection, sightings: Sequence[Sighting], at: datetime, pages: Pages) -> int:
    """Write down what a poll saw *at* a moment, each mailbox once; return of how many: others are not in flight."""
    seen: defaultdict[int, list[Sighting]] = defaultdict(list)
    page_of = pages.by_guid.get
    for sighting in sightings:
        page = page_of(sighting[0])  # by its place: by its name takes twice as long
        if page is not None:
            seen[page].append(sighting)
    moment = int(at.timestamp())
    partly = [page for page, some in seen.items() if len(some) < pages.heights[page]]
    others = {
        page: _without(held, {sighting.guid for sighting in seen[page]})
        for page, held in _read(connection, partly)
    }
    _write(connection, {page: _merged(others.get(page, {}), moment, some) for page, some in seen.items()})
    return sum(map(len, seen.values()))


def forget(connection: Connection, landed: Mapping[str, int]) -> None:
    """Drop what was seen of mailboxes that have *landed*: their slots by ExchangeGuid."""
    pages = _read(connection, {slot // PAGE for slot in landed.values()})
    _write(connection, {page: _without(held, landed) for page, held in pages})


def last_seen(connection: Connection, slots: Iterable[int]) -> dict[str, tuple[Sighting, datetime]]:
    """What was seen of the mailboxes on the pages of *slots*, and when, by ExchangeGuid."""
    return {
        sighting.guid: (sighting, datetime.fromtimestamp(moment, UTC))
        for _, held in _read(connection, {slot // PAGE for slot in slots})
        for moment, some in held.items()
        for sighting in some
    }


def stalls(connection: Connection) -> dict[str, int]:
    """How many mailboxes in flight are held up by what, most first."""
    held_up: Counter[str] = Counter()
    for counted in connection.execute(_HELD_UP).scalars():
        held_up.update(_STALLS.decode(counted))
    return dict(sorted(held_up.items(), key=lambda each: (-each[1], each[0])))


def astray(connection: Connection) -> list[int]:
    """Pages with a mailbox that is not in flight, not theirs or there twice, or that count other than they hold."""
    page_of = Pages({row.guid: row.slot for row in connection.execute(_SLOTS)}).by_guid
    found = []
    for page, counted, packed in connection.execute(select(progress).order_by(progress.c.page)):
        held = _PAGES.decode(packed)
        guids = [sighting.guid for some in held.values() for sighting in some]
        if (
            {page_of.get(guid) for guid in guids} != {page}
            or len(set(guids)) < len(guids)
            or counted != _counted(held)
        ):
            found.append(page)
    return found


def _merged(held: Page, moment: int, seen: list[Sighting]) -> Page:
    return {**held, moment: [*held.get(moment, ()), *seen]}


def _without(held: Page, gone: Container[str]) -> Page:
    left = {moment: [each for each in some if each.guid not in gone] for moment, some in held.items()}
    return {moment: some for moment, some in left.items() if some}


def _read(connection: Connection, pages: Iterable[int]) -> list[tuple[int, Page]]:
    numbers = sorted(pages)
    if not numbers:
        return []
    query = select(progress.c.page, progress.c.figures).where(progress.c.page.in_(numbers))
    return [(page, _PAGES.decode(packed)) for page, packed in connection.execute(query)]


def _write(connection: Connection, pages: Mapping[int, Page]) -> None:
    """Write *pages*, and let go of those that are empty."""
    empty = [page for page, held in pages.items() if not held]
    if empty:
        connection.execute(delete(progress).where(progress.c.page.in_(empty)))
    rows = [
        (page, _counted(held), msgspec.msgpack.encode(held)) for page, held in sorted(pages.items()) if held
    ]
    _WRITE.run(connection, rows)


def _counted(held: Page) -> str:
    """By the service's own word, how many of a page are held up."""
    words = Counter(sighting[5] for some in held.values() for sighting in some if sighting[5])
    return msgspec.json.encode(words, order="sorted").decode()
