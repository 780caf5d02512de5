"""Parts groups that the calendars of their organisations keep back, where that costs few rights and gains many nights.

A group moves when all its organisations may, so one that spans many of them has few nights, or none. Three sorts are
parted, and the rights that this severs are listed like those of every cut:

- groups that hardly have a night by the one on which all could have moved one by one: they alone would set the last
  night. Their organisations are put together again in the order of the price between them, as long as nights are left;
- parts that could move in the first nights, while these have room that nobody else can fill, and everybody after them
  waits for room;
- groups that had a night which some of their members may not take any more: the others stay, if they were told, or are
  many for the price.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heapify, heappop, heappush
from typing import NamedTuple

import numpy as np

from mailwave.core.delegates import loops
from mailwave.core.delegates.graph import joined
from mailwave.core.delegates.held import Held
from mailwave.core.labels import NONE, count, in_order, least_of
from mailwave.core.placement.alone import Alone, Mixed
from mailwave.core.placement.capacity import Capacity
from mailwave.core.placement.ceilings import FIRST, Over
from mailwave.core.placement.problem import Flags, Numbers
from mailwave.core.population import Population

FEW = 3
"""A group with fewer nights than this by the horizon is parted, if its parts have more."""

SHORT = 30
"""A move that could end before this night rather ends later than that it parts people; only who has no night is."""

WORTH = 50
"""For one of the price of severed rights, at least so many mailboxes wait one night less: a hard right, which costs 5,
is severed for 250. On the generated estate of seed 12, 226 rights gained 240,000 such nights."""

KEPT = 5
"""For one of the price of severed rights, at least so many mailboxes keep the night that they had."""

FULL = 0.995
"""A night that is filled to this part is full."""


def recut(population: Population, held: Held, label: Numbers, alone: Alone, capacity: Capacity) -> Numbers:
    """*label* with groups parted as this module says, numbered in the order in which groups come first."""
    mixed = alone.mixed(label)
    if not len(mixed.groups):
        return label
    inner = _inside(held, label, mixed)
    parted = _late_parted(inner, label, alone, mixed, alone.horizon(population, capacity))
    return _early_parted(population, inner, parted, alone, alone.mixed(parted), capacity)


def recut_again(held: Held, label: Numbers, alone: Alone, stands: Flags, horizon: int) -> Numbers:
    """*label*, in which groups without a night are parted when they have hardly one up to the *horizon*.

    *stands* says of each mailbox whether it has a night already; groups that hold such are left whole.
    """
    mixed = alone.mixed(label)
    kept = np.zeros(int(label.max(initial=-1)) + 1, dtype=np.bool_)
    kept[label[stands]] = True
    mixed = mixed.only(~kept[mixed.groups])
    if not len(mixed.groups):
        return label
    return _late_parted(_inside(held, label, mixed), label, alone, mixed, horizon)


def stayed(held: Held, label: Numbers, alone: Alone, night: Numbers, told: Flags) -> Numbers:
    """*label*, in which those are parted from their groups who may not move in the group's *night* any more.

    *night* has what each mailbox had before, less than 0 for none; the first of a group's is the group's. *told*
    mailboxes are parted from those who may not come along whatever it costs.
    """
    groups = count(label)
    had = night >= 0
    of_group = least_of(label, night, had)[label]
    lost = (of_group != NONE) & ~alone.may(of_group)
    hit = np.zeros(groups, dtype=np.bool_)
    hit[label[lost]] = True
    if not hit.any():
        return label
    across = held.only(lost[held.mailbox] != lost[held.trustee])
    # Those who had another night were parted before.
    across = across.only(
        (label[across.mailbox] == label[across.trustee]) & (night[across.mailbox] == night[across.trustee])
    )
    price = np.bincount(label[across.mailbox], across.rights.price, minlength=groups)
    staying = np.bincount(label[had & ~lost], minlength=groups)
    known = np.zeros(groups, dtype=np.bool_)
    known[label[told & ~lost]] = True
    parts = hit & ((staying >= KEPT * price) | known)
    leaves = np.flatnonzero(lost & parts[label])
    if not len(leaves):
        return label
    left = label.copy()
    left[leaves] += groups
    return in_order(left)


def _inside(held: Held, label: Numbers, mixed: Mixed) -> Held:
    """The rights of *held* inside groups that are *mixed*."""
    is_mixed = np.zeros(count(label), dtype=np.bool_)
    is_mixed[mixed.groups] = True
    return held.only(loops.inside(held.mailbox, held.trustee, label, is_mixed))


def _late_parted(inner: Held, label: Numbers, alone: Alone, mixed: Mixed, horizon: int) -> Numbers:
    """*label*, in which those of *mixed* groups are parted that have hardly a night left by the *horizon*."""
    few, until = (FEW, horizon + 1) if horizon >= SHORT else (1, alone.allowed.shape[1])
    allowed = alone.allowed[:, :until]
    late = np.zeros(int(label.max()) + 1, dtype=np.bool_)
    late[mixed.groups[mixed.allowed[:, :until].sum(axis=1) < few]] = True
    rows = np.flatnonzero(late[label])
    if not len(rows):
        return label
    key, part = np.unique(label[rows] * len(allowed) + alone.pattern[rows], return_inverse=True)
    nights = [int.from_bytes(row.tobytes()) for row in np.packbits(allowed, axis=1)[key % len(allowed)]]
    place = np.full(len(label), -1)
    place[rows] = part
    between = inner.only(late[label[inner.mailbox]])
    bonds = _bonds(place[between.mailbox], place[between.trustee], between.rights.price)
    parted = label.copy()
    parted[rows] = int(label.max()) + 1 + np.array(_merged(nights, bonds, few))[part]
    return in_order(parted)


type _Bonds = dict[int, dict[int, int]]


def _bonds(one: Numbers, other: Numbers, price: Numbers) -> _Bonds:
    """The price of all rights between each two parts, from both ends."""
    found: _Bonds = defaultdict(dict)
    for head, tail, paid in zip(one.tolist(), other.tolist(), price.tolist(), strict=True):
        if head != tail:
            found[head][tail] = found[head].get(tail, 0) + paid
            found[tail][head] = found[tail].get(head, 0) + paid
    return found


def _merged(nights: list[int], bonds: _Bonds, few: int) -> list[int]:
    """For each part the one that it is put together with: dearest bonds first, as long as nights are left.

    *nights* are bits; two parts with fewer than *few* nights keep what they have.
    """
    into = list(range(len(nights)))
    waiting = [
        (-price, one, other) for one, of in bonds.items() for other, price in of.items() if one < other
    ]
    heapify(waiting)
    while waiting:
        price, one, other = heappop(waiting)
        if bonds[one].get(other) != -price or into[one] != one or into[other] != other:
            continue
        least = min(few, nights[one].bit_count(), nights[other].bit_count())
        both = nights[one] & nights[other]
        if both.bit_count() < least:
            continue
        nights[one], into[other] = both, one
        for third, more in bonds.pop(other).items():
            del bonds[third][other]
            if third != one:
                bonds[one][third] = bonds[third][one] = bonds[one].get(third, 0) + more
                heappush(waiting, (-bonds[one][third], min(one, third), max(one, third)))
    return [_end(into, part) for part in range(len(into))]


def _end(into: list[int], part: int) -> int:
    while into[part] != part:
        part = into[part]
    return part


def _early_parted(
    population: Population,
    inner: Held,
    label: Numbers,
    alone: Alone,
    mixed: Mixed,
    capacity: Capacity,
) -> Numbers:
    """*label*, from which parts are taken that fill the first nights, until one is full without any."""
    room = _rooms(population, capacity)
    ends = int(np.searchsorted(np.cumsum(room.night), population.size))
    waits = np.ones(population.size, dtype=np.bool_)
    first, parted = int(label.max()) + 1, label.copy()
    for night in np.flatnonzero(alone.allowed.any(axis=0)).tolist():
        may = _may(alone, label, mixed, night) & waits
        there = np.minimum(np.bincount(population.site[may], minlength=len(room.site)), room.site[:, night])
        if night >= ends or there.sum() >= FULL * room.night[night]:
            break
        free = room._replace(night=room.night - int(there.sum()), site=room.site - there[:, None])
        parts = _parts(inner, parted, alone, waits & ~may, night)
        moving = np.isin(parts.part, _worth(population, parts, free, night, ends))
        parted[parts.rows[moving]] = first + parts.part[moving]
        first += len(parts.price)
        may[parts.rows[moving]] = True
        waits[_taken(population.site, np.flatnonzero(may), room.site[:, night])] = False
    return label if first == int(label.max()) + 1 else in_order(parted)


def _taken(site: Numbers, rows: Numbers, most: Numbers) -> Numbers:
    """The first of *rows* of each site, *most* of them."""
    short = site[rows].astype(np.min_scalar_type(len(most)))
    rows = rows[np.argsort(short, kind="stable")]  # up to 16 bits are sorted by counting
    starts = np.searchsorted(site[rows], np.arange(len(most)))
    return rows[np.arange(len(rows)) - starts[site[rows]] < most[site[rows]]]


class _Rooms(NamedTuple):
    """The most mailboxes that each *night* takes, and each *site* (row) on each night."""

    night: Numbers
    site: Numbers


def _rooms(population: Population, capacity: Capacity) -> _Rooms:
    most = np.maximum(capacity.limits.depth, capacity.limits.refill)
    night = most[:, capacity.columns.index(FIRST)]
    site = np.tile(night, (len(population.sites), 1))
    for place, column in enumerate(capacity.columns):
        if column == FIRST._replace(over=Over.SITES, members=column.members):
            members = list(column.members)
            site[members] = np.minimum(site[members], most[:, place])
    return _Rooms(night, site)


def _may(alone: Alone, label: Numbers, mixed: Mixed, night: int) -> Flags:
    """Which mailboxes may move in *night* with all their group."""
    may = alone.allowed[:, night][alone.pattern]
    is_open = np.ones(int(label.max()) + 1, dtype=np.bool_)
    is_open[mixed.groups] = mixed.allowed[:, night]
    found: Flags = may & is_open[label]
    return found


class _Parts(NamedTuple):
    """What could be taken out of groups: the mailboxes in *rows*, the *part* that each is of, what each part costs."""

    rows: Numbers
    part: Numbers
    price: Numbers


def _parts(inner: Held, label: Numbers, alone: Alone, waits: Flags, night: int) -> _Parts:
    """Those that wait in a group that may not move in *night*, and could without the rest of it."""
    could = alone.allowed[alone.pattern, night] & waits
    rows = np.flatnonzero(could)
    place = np.full(len(label), -1)
    place[rows] = np.arange(len(rows))
    same = label[inner.mailbox] == label[inner.trustee]
    one, other = place[inner.mailbox], place[inner.trustee]
    inside, across = same & (one >= 0) & (other >= 0), same & ((one >= 0) != (other >= 0))
    part = joined(len(rows), one[inside], other[inside])
    price = np.zeros(int(part.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(price, part[np.maximum(one, other)[across]], inner.only(across).rights.price)
    return _Parts(rows, part, price)


def _worth(population: Population, parts: _Parts, free: _Rooms, night: int, ends: int) -> Numbers:
    """The parts that fit into what is *free* in *night*, cheapest a mailbox first, as far as they are worth it."""
    size = np.bincount(parts.part, minlength=len(parts.price))
    order = np.lexsort((np.arange(len(size)), parts.price / np.maximum(size, 1)))
    order = order[(size * (ends - night) >= WORTH * parts.price)[order]]
    sites = len(population.sites)
    by_site = np.bincount(parts.part * sites + population.site[parts.rows], minlength=len(size) * sites)
    left, left_of_site, chosen = int(free.night[night]), free.site[:, night].copy(), []
    for part in order.tolist():
        taken = by_site[part * sites : (part + 1) * sites]
        if size[part] <= left and (taken <= left_of_site).all():
            chosen.append(part)
            left -= int(size[part])
            left_of_site -= taken
    return np.array(chosen, dtype=np.int64)
