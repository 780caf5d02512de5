"""Puts ready mailboxes into nights: people who share mailboxes together, within what a night can take.

Mailboxes joined by a right, directly or through others, are one group, unless a night cannot take them all: then the
group is divided where it costs least (`mailwave.core.delegates`). A group is never split over nights. Groups are
taken in the order of a hash of their smallest ExchangeGuid, so that a replan after a few have dropped out moves few of
the rest (a fresh random order would move nearly all), and nights are filled one after the other
(`mailwave.core.placement`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec
import numpy as np

from mailwave.core.calendar import Window
from mailwave.core.delegates.groups import Night, delegate_groups
from mailwave.core.delegates.rights import KINDS
from mailwave.core.estate import Mailbox, Permission
from mailwave.core.manifest import digest
from mailwave.core.placement.bounds import last_night
from mailwave.core.placement.place import placed
from mailwave.core.placement.problem import NEVER, Calendar, Limits, Needs, Problem
from mailwave.core.refusals import Refusal


class Batch(msgspec.Struct, frozen=True):
    """One migration batch: its *name* in Exchange, the site it moves from, its mailboxes' ExchangeGuids."""

    name: str
    site: str
    mailboxes: tuple[str, ...]


class Wave(msgspec.Struct, frozen=True):
    """The batches of one night; *night* is the local day on which its window (UTC) begins."""

    id: str
    night: date
    window_start: datetime
    window_end: datetime
    batches: tuple[Batch, ...]

    @property
    def digest(self) -> str:
        """What an approval names: any change of window, batch or mailbox changes it."""
        return digest(self)

    @property
    def mailboxes(self) -> tuple[str, ...]:
        """The ExchangeGuids of all batches."""
        return tuple(guid for batch in self.batches for guid in batch.mailboxes)


class Unplanned(msgspec.Struct, frozen=True):
    """A group that no night could take, and why."""

    mailboxes: tuple[str, ...]
    why: str


class Severed(msgspec.Struct, frozen=True):
    """A right whose two ends are not in the same night; *together* is the day on which both have moved, if known."""

    right: Permission
    together: date | None

    @property
    def is_hard(self) -> bool:
        """Whether it stops working meanwhile."""
        return KINDS[self.right.kind].hard

    @property
    def remedy(self) -> str:
        """What the two people can do until then."""
        return KINDS[self.right.kind].remedy


class Plan(msgspec.Struct, frozen=True):
    """Waves in the order of their nights.

    *unplanned* groups stay waiting. *severed* are the rights whose two ends will be on different sides for a time.
    """

    waves: tuple[Wave, ...]
    unplanned: tuple[Unplanned, ...] = ()
    severed: tuple[Severed, ...] = ()

    @property
    def digest(self) -> str:
        """The plan's identity."""
        return digest(self)


class Capacity(msgspec.Struct, frozen=True):
    """What one night can take: *mailboxes* and *bytes* in all, *batches* of at most *batch_size* mailboxes."""

    mailboxes: int
    bytes: int
    batches: int
    batch_size: int


class CapacityTooSmall(Refusal):
    """A capacity with which nothing can be planned."""

    def __init__(self, *, what: str, value: int, least: int) -> None:
        self.what = what
        self.value = value
        self.least = least
        super().__init__(
            f"the capacity for {what} is {value} and at least {least} is needed to plan anything"
        )


def plan(
    environment: str,
    ready: Sequence[Mailbox],
    permissions: Iterable[Permission],
    windows: Sequence[Window],
    capacity: Capacity,
) -> Plan:
    """Plan the *ready* mailboxes, each with a known size, into *windows*, which are in order of time.

    The same input in any order gives the same plan. The notice that people are owed is kept by giving no window that
    begins too early.

    Raises:
        CapacityTooSmall: the capacity holds a zero.
    """
    night = Night(_mailboxes_a_night(capacity, len({mailbox.site for mailbox in ready})), capacity.bytes)
    rights = sorted(set(permissions))
    groups = delegate_groups(ready, rights, night)
    by_night: dict[int, list[tuple[Mailbox, ...]]] = defaultdict(list)
    for group, place in zip(groups, _places(groups, len(windows), night), strict=True):
        by_night[place].append(group)
    left = by_night.pop(NEVER, [])
    waves = tuple(
        _wave(environment, windows[place], _in_stable_order(chosen), capacity.batch_size)
        for place, chosen in sorted(by_night.items())
    )
    unplanned = tuple(Unplanned(_guids(group), _why(group, night)) for group in _in_stable_order(left))
    return Plan(waves, unplanned, _severed(waves, rights))


def _mailboxes_a_night(capacity: Capacity, sites: int) -> int:
    """The mailboxes that fit even when each site's last batch is not full."""
    needs = {"mailboxes": 1, "bytes": 1, "batch_size": 1, "batches": max(sites, 1)}
    for what, least in needs.items():
        value = getattr(capacity, what)
        if value < least:
            raise CapacityTooSmall(what=what, value=value, least=least)
    return min(capacity.mailboxes, capacity.batch_size * (capacity.batches - max(sites, 1) + 1))


def _places(groups: Sequence[tuple[Mailbox, ...]], nights: int, night: Night) -> list[int]:
    """The place of each group among so many *nights* of one capacity, or `NEVER`."""
    if not groups or not nights:
        return [NEVER] * len(groups)
    ids = np.arange(len(groups))
    mailboxes = np.array([len(group) for group in groups], dtype=np.int64)
    sizes = np.array([_bytes(group) for group in groups], dtype=np.int64)
    room = np.tile(np.array([night.mailboxes, night.bytes], dtype=np.int64), (nights, 1))
    problem = Problem(
        mailboxes,
        Needs(np.repeat(ids, 2), np.tile([0, 1], len(ids)), np.stack([mailboxes, sizes], axis=1).ravel()),
        Limits(("mailboxes", "bytes"), room, room),
        Calendar(np.zeros_like(ids), np.ones((1, nights), dtype=np.bool_)),
        np.array([_stable_number(group) for group in groups], dtype=np.uint64),
    )
    horizon = last_night(problem)
    return [int(place) for place in placed(problem, nights - 1 if horizon is None else horizon)]


def _in_stable_order(groups: Iterable[tuple[Mailbox, ...]]) -> list[tuple[Mailbox, ...]]:
    return sorted(groups, key=_stable_number)


def _stable_number(group: tuple[Mailbox, ...]) -> int:
    return int.from_bytes(hashlib.sha256(group[0].guid.encode()).digest()[:8])


def _bytes(group: Iterable[Mailbox]) -> int:
    return sum(mailbox.size_bytes or 0 for mailbox in group)


def _why(group: tuple[Mailbox, ...], night: Night) -> str:
    if _bytes(group) > night.bytes:
        return f"a mailbox of {_bytes(group)} bytes; a night takes {night.bytes}"
    return "no night in the calendar has room left"


def _guids(mailboxes: Iterable[Mailbox]) -> tuple[str, ...]:
    return tuple(mailbox.guid for mailbox in mailboxes)


def _wave(environment: str, window: Window, groups: Iterable[tuple[Mailbox, ...]], batch_size: int) -> Wave:
    stamp = window.night.strftime("%Y%m%d")
    by_site: dict[str, list[str]] = defaultdict(list)
    for group in groups:
        for mailbox in group:
            by_site[mailbox.site].append(mailbox.guid)
    batches = [
        Batch(f"{environment}-{stamp}-{site}-{n:03d}", site, tuple(guids[start : start + batch_size]))
        for site, guids in sorted(by_site.items())
        for n, start in enumerate(range(0, len(guids), batch_size), start=1)
    ]
    return Wave(f"W{stamp}", window.night, window.start, window.end, tuple(batches))


def _severed(waves: Iterable[Wave], rights: Sequence[Permission]) -> tuple[Severed, ...]:
    """Those of *rights* whose two ends are not in the same wave, in their order."""
    night_of = {guid: wave.night for wave in waves for guid in wave.mailboxes}
    ends = ((right, night_of.get(right.guid), night_of.get(right.trustee)) for right in rights)
    return tuple(
        Severed(right, one and other and max(one, other)) for right, one, other in ends if one != other
    )
