"""Seats for the waves to come, room in the licence groups, and the days that people have been without a licence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

GRACE_DAYS = 30
"""Days that a moved mailbox lives without a licence (fact B51)."""

KEPT_DAYS = 30
"""Days after those in which a licence brings it back; then it is lost (fact B51)."""

WARNED_AT, ALARMED_AT = 7, 21
"""Days without a licence from which it is said, and from which somebody is woken. Our own choice: a week is time enough
to buy seats, and to find out about one person."""


@dataclass(frozen=True)
class Stock:
    """What the tenant has of the licence *sku*: *bought* seats, of which some are *used*. *name* is its part number."""

    sku: str
    name: str
    bought: int
    used: int

    @property
    def free(self) -> int:
        """The seats that nobody has."""
        return self.bought - self.used


@dataclass(frozen=True)
class Demand:
    """Of *wave*, which moves on *night*, so many *people* need a seat of the licence *sku*, and have none yet."""

    wave: str
    night: date
    sku: str
    people: int


@dataclass(frozen=True)
class Seats:
    """A row of the forecast: *free* are the seats before this wave, *short* how many of its people get none."""

    wave: str
    night: date
    licence: str
    needed: int
    free: int
    short: int


def forecast(demands: Iterable[Demand], stocks: Mapping[str, Stock]) -> list[Seats]:
    """What each wave finds, the earliest night first; a licence that the tenant has not bought has no seats."""
    left = {sku: stock.free for sku, stock in stocks.items()}
    rows = []
    for each in sorted(demands, key=lambda demand: (demand.night, demand.wave, demand.sku)):
        free = max(left.get(each.sku, 0), 0)
        short = max(each.people - free, 0)
        left[each.sku] = free - each.people + short
        name = stocks[each.sku].name if each.sku in stocks else each.sku
        rows.append(Seats(each.wave, each.night, name, each.people, free, short))
    return rows


def first_short(rows: Iterable[Seats]) -> Seats | None:
    """From which wave on seats are short; None while they last."""
    return next((row for row in rows if row.short), None)


@dataclass(frozen=True)
class GroupRoom:
    """The licence group *name* has so many *members*, *coming* are those who have still to join, *most* it may hold."""

    name: str
    members: int
    coming: int
    most: int

    @property
    def over(self) -> int:
        """How many find no room."""
        return max(self.members + self.coming - self.most, 0)


class Band(StrEnum):
    """How urgent a mailbox without a licence is."""

    FRESH = "fresh"
    WARNED = "warned"
    ALARM = "alarm"
    DISCONNECTED = "disconnected"
    LOST = "lost"


@dataclass(frozen=True)
class Unlicensed:
    """A moved mailbox without a licence, on *day* since the window in which it moved, and *why*."""

    guid: str
    address: str
    wave: str
    day: int
    why: str

    @property
    def band(self) -> Band:
        """How urgent it is."""
        if self.day >= GRACE_DAYS + KEPT_DAYS:
            return Band.LOST
        if self.day >= GRACE_DAYS:
            return Band.DISCONNECTED
        if self.day >= ALARMED_AT:
            return Band.ALARM
        return Band.WARNED if self.day >= WARNED_AT else Band.FRESH

    @property
    def left(self) -> int:
        """Days until it is disconnected, or once it is, until it is lost; 0 when it is too late."""
        end = GRACE_DAYS if self.day < GRACE_DAYS else GRACE_DAYS + KEPT_DAYS
        return max(end - self.day, 0)


def day_of(began: datetime, now: datetime) -> int:
    """On which day a mailbox is whose window *began* then; counted from the start, so that no day is given away."""
    return (now - began).days


def urgent(people: Sequence[Unlicensed]) -> list[Unlicensed]:
    """Those of whom somebody has to be woken, the most urgent first."""
    found = [each for each in people if each.band in (Band.ALARM, Band.DISCONNECTED, Band.LOST)]
    return sorted(found, key=lambda each: (-each.day, each.address))
