"""The way back: what it is from each state, and what it would cost, reckoned before anybody says go.

A mailbox that has moved goes back as it came, by a batch of the other direction: the service pushes it to a database
at its site (fact B48), so that the same network, the same slots and room on premises are needed again. The mailbox
that stayed there, soft-deleted, is no way back: newer mail is not in it (fact B50).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from mailwave.core.estate import Record
from mailwave.core.placement.granted import Granted
from mailwave.core.refusals import Refusal
from mailwave.core.states import MailboxState as State
from mailwave.core.targets import TargetMailbox

HOUR = 3_600


class Undo(StrEnum):
    """By what a mailbox comes back to where it was."""

    NOTHING = "nothing is to be undone"
    WITHDRAW = "mailwave wave withdraw"
    ROLL_BACK = "mailwave wave roll-back"
    RETURN = "mailwave wave return"
    REFUSED = "refused"


class WayBack(NamedTuple):
    """The way back from one state: the act, and what it does to the mailbox, or why there is none now."""

    undo: Undo
    says: str


_AT_ITS_SITE = "it lives at its site, and no move request stands behind it"
_COPY_GOES = "its batch is stopped and removed; it never left its site, and the copy in the cloud goes"

WAYS: Mapping[State, WayBack] = MappingProxyType(
    {
        State.WAITING: WayBack(
            Undo.WITHDRAW, "nothing of it was begun; it is deferred, and keeps working at its site"
        ),
        State.SYNCING: WayBack(Undo.ROLL_BACK, _COPY_GOES),
        State.SYNCED: WayBack(Undo.ROLL_BACK, _COPY_GOES),
        State.COMPLETING: WayBack(
            Undo.REFUSED,
            "the service is switching it over; wait until it has moved or failed, then ask again",
        ),
        State.UNKNOWN: WayBack(
            Undo.REFUSED,
            "nobody knows on which side it lives; `mailwave wave run` reads it back, then ask again",
        ),
        State.MOVED: WayBack(Undo.RETURN, "a batch of the other direction copies it back, new mail and all"),
        State.DEFERRED: WayBack(Undo.NOTHING, _AT_ITS_SITE),
        State.FAILED: WayBack(Undo.NOTHING, "it did not move, and its source is still primary"),
        State.EXCLUDED: WayBack(Undo.NOTHING, _AT_ITS_SITE),
    }
)
"""The way back from every state there is."""


class Room(NamedTuple):
    """Where a database can grow: into *white* bytes of its own file, and the *free* ones of a *volume* it may share."""

    volume: str
    white: int
    free: int


class SiteCost(msgspec.Struct, frozen=True):
    """What the way back costs at *site*: *hours* of copying, and *bytes* in its databases, of which *free* are there.

    *unsized* of its mailboxes have no known size, and count for nothing in either. *free* is None while nobody read it.
    """

    site: str
    mailboxes: int
    bytes: int
    unsized: int
    hours: float
    free: int | None = None

    @property
    def is_short(self) -> bool:
        """Whether there is known to be too little room."""
        return self.free is not None and self.free < self.bytes


class Cost(msgspec.Struct, frozen=True):
    """What the way back costs: at each of *sites*, and *hours* for all of them together.

    *born* are the addresses of those who were made in the cloud: no mailbox at a site is waiting for them, and each
    needs its ExchangeGuid set there by hand first (fact B49).
    """

    sites: tuple[SiteCost, ...]
    hours: float
    born: tuple[str, ...] = ()

    @property
    def mailboxes(self) -> int:
        """How many go back, but for those who were born in the cloud."""
        return sum(each.mailboxes for each in self.sites)

    @property
    def bytes(self) -> int:
        """How much is copied back."""
        return sum(each.bytes for each in self.sites)


class NoRoomAtSite(Refusal):
    """Mailboxes were to go back to *site*, whose databases have *free* bytes and need *needed*."""

    def __init__(self, *, site: str, needed: int, free: int) -> None:
        self.site = site
        self.needed = needed
        self.free = free
        super().__init__(
            f"{_gigabytes(needed)} are to go back to site {site}, and its databases have room for {_gigabytes(free)}"
        )


class TooLong(Refusal):
    """The way back takes *hours*, and only *allowed* are left."""

    def __init__(self, *, hours: float, allowed: float) -> None:
        self.hours = hours
        self.allowed = allowed
        super().__init__(f"the way back takes {hours:.1f} hours, and {allowed:.1f} are left")


def cost(
    records: Iterable[Record],
    granted: Granted,
    day: date,
    *,
    room: Mapping[str, Room] = MappingProxyType({}),
    born: Sequence[str] = (),
) -> Cost:
    """What it costs to bring *records* back, taken to have moved by then, with what is *granted* on *day*.

    *room* is by database. Sizes are those of the import: people go on writing mail, so that it is no less;
    and while it is copied, logs as long are written, which go with the next backup.
    """
    by_site: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_site[record.mailbox.site].append(record)
    figures = _Figures(granted, day)
    sites = tuple(_site(site, its, figures, room) for site, its in sorted(by_site.items()))
    line = sum(each.bytes for each in sites) / figures.of("bytes_an_hour")
    return Cost(sites, max([line, *(each.hours for each in sites)]), tuple(born))


def refuse_short(found: Cost, *, hours: float | None = None) -> None:
    """Refuse a way back that does not fit: into the databases, or into the *hours* that are left.

    Raises:
        NoRoomAtSite: a site is known to have too little room.
        TooLong: it takes longer.
    """
    for each in found.sites:
        if each.free is not None and each.is_short:
            raise NoRoomAtSite(site=each.site, needed=each.bytes, free=each.free)
    if hours is not None and found.hours > hours:
        raise TooLong(hours=found.hours, allowed=hours)


def born_in_cloud(
    at_target: Iterable[TargetMailbox], known: Collection[str], of: Collection[str]
) -> list[str]:
    """The addresses *at_target* whose ExchangeGuid the ledger does not know, of the organisations *of*, in order."""
    return sorted(
        each.address for each in at_target if each.organisation in of and each.exchange_guid not in known
    )


class _Figures(NamedTuple):
    granted: Granted
    day: date

    def of(self, name: str, site: str | None = None) -> float:
        """The figure of the limit *name* on the day; endless where nothing limits."""
        grant = self.granted.limits.get(name)
        if grant is None:
            return float("inf")
        return max(grant.on(self.day, site), 1)


def _site(site: str, records: Sequence[Record], figures: _Figures, room: Mapping[str, Room]) -> SiteCost:
    sizes = [record.mailbox.size_bytes or 0 for record in records]
    slots = min(figures.of("concurrent_moves", site), len(records))
    one = figures.of("bytes_an_hour_move", site)
    rate = min(figures.of("bytes_an_hour_site", site), slots * one)
    copying = max(sum(sizes) / rate, max(sizes) / one)
    grant = figures.granted.limits.get("seconds_a_completion")
    completing = -(-len(records) // slots) * (grant.granted if grant else 0) / HOUR
    databases = {record.mailbox.database for record in records}
    return SiteCost(
        site,
        len(records),
        sum(sizes),
        sum(record.mailbox.size_bytes is None for record in records),
        copying + completing,
        _free([room[name] for name in databases]) if databases <= room.keys() else None,
    )


def _free(rooms: Sequence[Room]) -> int:
    """The room in all of these together; a volume counts once, however many databases are on it."""
    volumes = {each.volume: each.free for each in rooms}
    return sum(each.white for each in rooms) + sum(volumes.values())


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"
