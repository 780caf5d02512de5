"""What polls see of the mailboxes in flight, packed into a row a thousand: every poll changes it for all of them.

A page is a row with what was seen of the mailboxes of its slots, by the moment of the poll that saw them, a column a
field. Nobody asks the database for one figure, so it need not know them apart; what a dashboard counts of them stands
beside them. Whoever lands is taken out of their page, and a slot is never given twice, so that a poll may remember
whose is which.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, func, select

from mailwave.adapters.ledger_rows import BYTES, NUMBER, TEXT, inserting
from mailwave.adapters.ledger_schema import in_flight, progress
from mailwave.core.progress import Sighting

PAGE = 1_000
"""Slots of a page. A batch of a wave holds at most 2,000 mailboxes, and they take off together."""


class Seen(NamedTuple):
    """What the poll at *moment*, in seconds since 1970, UTC, saw of the mailboxes of *slots*: `Sighting` in columns."""

    moment: int
    slots: tuple[int, ...]
    status: tuple[str, ...]
    percent: tuple[int | None, ...]
    bytes_moved: tuple[int | None, ...]
    items_moved: tuple[int | None, ...]
    stall: tuple[str, ...]


Page = list[Seen]
"""What was seen last of each mailbox, each once."""

_FIGURES = [itemgetter(n) for n in range(1, len(Sighting._fields))]
"""What `Seen` has of a sighting. Zip would be shorter, and look at every ExchangeGuid once more."""

_NOWHERE = -1

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
    """The *slots* of the mailboxes in flight by ExchangeGuid as they were read once, and how many are on each page.

    As many slots as then and the same last one are the same slots, as none is given twice.
    """

    def __init__(self, slots: Mapping[str, int]) -> None:
        self.slots = slots
        self.heights = Counter(slot // PAGE for slot in slots.values())
        self._known = (len(slots), max(slots.values(), default=None))
        self._asked: list[str] = []
        self._found: list[int] = []

    def of(self, guids: list[str]) -> list[int]:
        """The slot of each of *guids*, -1 of who is not in flight.

        One poll mostly tells of the same mailboxes in the same order as the one before: they are not looked up again.
        """
        if guids != self._asked:
            self._asked, self._found = guids, [self.slots.get(guid, _NOWHERE) for guid in guids]
        return self._found

    def now(self, connection: Connection) -> Pages:
        """These, or those that there are if they are others."""
        if self._known == tuple(connection.execute(_ALOFT).one()):
            return self
        return Pages({row.guid: row.slot for row in connection.execute(_SLOTS)})


def note(connection: Connection, sightings: Sequence[Sighting], at: datetime, pages: Pages) -> int:
    """Write down what a poll saw *at* a moment, each mailbox once; return of how many: others are not in flight."""
    seen = _by_page(sightings, int(at.timestamp()), pages)
    partly = [page for page, some in seen.items() if len(some.slots) < pages.heights[page]]
    others = {page: _without(held, set(seen[page].slots)) for page, held in _read(connection, partly)}
    _write(connection, {page: [*others.get(page, ()), some] for page, some in seen.items()})
    return sum(len(some.slots) for some in seen.values())


def _by_page(sightings: Sequence[Sighting], moment: int, pages: Pages) -> dict[int, Seen]:
    """What was seen of each page. A batch is told as one, so those one after the other are taken together."""
    found: defaultdict[int, tuple[list[int], list[Sighting]]] = defaultdict(lambda: ([], []))
    slots = pages.of([sighting[0] for sighting in sightings])  # by its name takes twice as long
    start = 0
    for page, run in groupby(slots, PAGE.__rfloordiv__):
        its_slots, its_sightings = found[page]
        its_slots.extend(run)
        end = start + len(its_slots) - len(its_sightings)
        its_sightings.extend(sightings[start:end])
        start = end
    found.pop(_NOWHERE // PAGE, None)
    return {
        page: Seen(moment, tuple(its_slots), *(tuple(map(figure, some)) for figure in _FIGURES))
        for page, (its_slots, some) in found.items()
    }


def forget(connection: Connection, landed: Collection[int]) -> None:
    """Drop what was seen of the mailboxes of the slots that have *landed*."""
    pages = _read(connection, {slot // PAGE for slot in landed})
    _write(connection, {page: _without(held, landed) for page, held in pages})


def last_seen(connection: Connection, guids: Mapping[int, str]) -> dict[str, tuple[Sighting, datetime]]:
    """What was seen of the mailboxes with *guids*, by their slots, and when; by ExchangeGuid."""
    return {
        guids[slot]: (Sighting(guids[slot], *figures), datetime.fromtimestamp(moment, UTC))
        for _, held in _read(connection, {slot // PAGE for slot in guids})
        for moment, *columns in held
        for slot, *figures in zip(*columns, strict=True)
        if slot in guids
    }


def stalls(connection: Connection) -> dict[str, int]:
    """How many mailboxes in flight are held up by what, most first."""
    held_up: Counter[str] = Counter()
    for counted in connection.execute(_HELD_UP).scalars():
        held_up.update(_STALLS.decode(counted))
    return dict(sorted(held_up.items(), key=lambda each: (-each[1], each[0])))


def astray(connection: Connection) -> list[int]:
    """Pages with a mailbox that is not in flight, not theirs or there twice, or that count other than they hold."""
    aloft = set(connection.execute(select(in_flight.c.slot)).scalars())
    found = []
    for page, counted, packed in connection.execute(select(progress).order_by(progress.c.page)):
        held = _PAGES.decode(packed)
        slots = [slot for seen in held for slot in seen.slots]
        if (
            {slot // PAGE if slot in aloft else None for slot in slots} != {page}
            or len(set(slots)) < len(slots)
            or counted != _counted(held)
        ):
            found.append(page)
    return found


def _without(held: Page, gone: Container[int]) -> Page:
    """*held* but for the slots that are *gone*."""
    left = []
    for moment, *columns in held:
        rows = [row for row in zip(*columns, strict=True) if row[0] not in gone]
        if rows:
            left.append(Seen(moment, *zip(*rows, strict=True)))
    return left


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
    words = Counter(stall for seen in held for stall in seen.stall if stall)
    return msgspec.json.encode(words, order="sorted").decode()
