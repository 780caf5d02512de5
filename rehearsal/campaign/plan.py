"""Nights for mailboxes: what the limits allow in a night, and the plan that fills it.

A replan is any function from an Outlook to new nights. `carry_forward` is the one used when no other is given: it
keeps every night that is planned and gives those without one the earliest night with room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rehearsal.campaign.draws import Codes, Flags, Ints, Nights, Numbers
from rehearsal.campaign.errors import AnnouncedNight, NightImpossible, NightOverbooked
from rehearsal.campaign.events import Cause
from rehearsal.campaign.fates import GB
from rehearsal.campaign.profile import DAY, HOUR
from rehearsal.campaign.state import NO_NIGHT, Code, State
from rehearsal.campaign.world import World

_WEEK = 7
_SATURDAY = 5


@dataclass(frozen=True)
class Capacity:
    """What a plan may use: *night*, mailboxes by endpoint and night; *binding*, the limit that is met first.

    *rank* is each mailbox's place in the order in which nights are given.
    """

    night: Ints
    binding: Cause
    rank: Ints

    @classmethod
    def of(cls, world: World) -> Capacity:
        """The capacity of *world*, the same on every day."""
        weekly = _weekly(world)
        least = np.min(list(weekly.values()), axis=0)
        binding = min(weekly, key=lambda cause: (weekly[cause].sum(), cause))
        rules = world.profile
        weight = np.array([rules.mailboxes(night) for night in range(rules.days)], dtype=np.float64)
        of_week = max(weight[:_WEEK].sum(), 1.0)
        allowed = np.cumsum(least[:, None] * weight[None, :] / of_week, axis=1)
        whole = np.floor(allowed).astype(np.int64)
        night: Ints = whole - np.roll(whole, 1, axis=1)
        night[:, 0] = whole[:, 0]
        # the endpoints' fractions may sum to one more than the night allows
        np.subtract.at(night, (night.argmax(axis=0), np.arange(rules.days)), _excess(night, weight))
        return cls(night, binding, np.argsort(world.fates.order()))


def _excess(night: Ints, weight: Numbers) -> Ints:
    return np.maximum(night.sum(axis=0) - weight.astype(np.int64), 0)


def _weekly(world: World) -> dict[Cause, Numbers]:
    """Mailboxes a week that each limit allows at each endpoint; all but the first less the headroom."""
    rules, boxes = world.profile, world.mailboxes
    count = np.bincount(world.endpoint, minlength=rules.endpoints).astype(np.float64)
    part = count / max(count.sum(), 1.0)
    held = np.bincount(world.endpoint, weights=boxes.size_bytes.astype(np.float64), minlength=rules.endpoints)
    mean = rules.plateau * held / np.maximum(count, 1)
    week = _WEEK * DAY * rules.headroom
    windows = sum(max(0, rules.last_start(day) - rules.window(day)[0]) for day in range(_WEEK))
    completion = 60 * rules.finalise_minutes * np.exp(rules.finalise_sigma**2 / 2)
    return {
        Cause.MAILBOXES_A_NIGHT: part * sum(rules.mailboxes(day) for day in range(_WEEK)),
        Cause.BATCHES: part
        * rules.batches
        * rules.batch_size
        * _WEEK
        / (rules.notice_days + 1)
        * rules.headroom,
        Cause.INITIAL_SLOTS: world.initial_slots * week / (mean * _seconds_a_byte(world) + _overhead(world)),
        Cause.GB_PER_HOUR: world.bytes_a_second * week / np.maximum(mean, 1),
        Cause.INCREMENTAL_SLOTS: np.full(
            rules.endpoints, rules.incremental_slots * windows * rules.headroom / max(completion, 1)
        ),
    }


def _seconds_a_byte(world: World) -> float:
    slow, fast = world.profile.gb_per_hour_move
    mean_hours = 1 / slow if slow == fast else (1 / slow - 1 / fast) / float(np.log(fast / slow))
    return mean_hours * HOUR / GB


def _overhead(world: World) -> float:
    rules = world.profile
    return 30 * sum(rules.hierarchy_minutes) + rules.stalled * HOUR / 2 * sum(rules.stall_hours) + 1


@dataclass(frozen=True)
class Outlook:
    """What a replan is shown on the morning of *day*: copies, so that only its answer has an effect.

    *nights* is each mailbox's night or NO_NIGHT; *may_change* says whose night may be changed: nobody's whose night is
    announced, or who is in a batch, moved or failed. *booked* counts the nights by endpoint.
    """

    world: World
    capacity: Capacity
    day: int
    nights: Nights
    booked: Ints
    may_change: Flags
    code: Codes


Replan = Callable[[Outlook], Nights | None]
"""New nights for all mailboxes, or None for no change."""


def outlook(state: State, capacity: Capacity, day: int) -> Outlook:
    """How things stand on the morning of *day*. A night is announced when its lead begins, after the replan."""
    world = state.world
    announced = (state.night != NO_NIGHT) & (state.night - world.lead < day)
    may = ((state.code == Code.WAITING) | (state.code == Code.DEFERRED)) & ~announced
    return Outlook(world, capacity, day, state.night.copy(), state.booked.copy(), may, state.code.copy())


def carry_forward(view: Outlook) -> Nights | None:
    """The earliest night with room for each mailbox that has none; long leads end on Saturdays, to share batches."""
    pending = view.may_change & (view.nights == NO_NIGHT)
    rules, world = view.world.profile, view.world
    if not pending.any() or not view.capacity.night[:, view.day :].any():
        return None
    room = np.maximum(view.capacity.night - view.booked, 0)
    if not room[:, min(view.day + rules.notice_days, rules.days) :].any():
        return None
    rows = np.flatnonzero(pending)
    rows = rows[np.argsort(view.capacity.rank[rows])]
    for lead in sorted(set(world.lead[rows].tolist()), reverse=True):
        first = view.day + lead
        nights = np.arange(first, rules.days)
        if lead > rules.notice_days:
            nights = nights[nights % _WEEK == _SATURDAY]
        for endpoint in range(rules.endpoints):
            chosen = rows[(world.lead[rows] == lead) & (world.endpoint[rows] == endpoint)]
            places = np.repeat(nights, room[endpoint, nights])[: len(chosen)]
            view.nights[chosen[: len(places)]] = places
            room[endpoint] -= np.bincount(places, minlength=rules.days)
    return view.nights


def changes(state: State, view: Outlook, new: Nights) -> Ints:
    """The mailboxes whose night a replan changed. Raises AnnouncedNight, NightImpossible, NightOverbooked."""
    rules, world = view.world.profile, view.world
    rows = np.flatnonzero(new != state.night)
    kept = rows[~view.may_change[rows]]
    if len(kept):
        raise AnnouncedNight(day=view.day, mailbox=int(kept[0]), count=len(kept))
    nights = new[rows].astype(np.int64)
    open_nights = np.array([rules.mailboxes(night) for night in range(rules.days)] + [0])
    wrong = (nights != NO_NIGHT) & (
        (nights < view.day + world.lead[rows]) | (nights >= rules.days) | (nights < NO_NIGHT)
    )
    wrong |= (nights != NO_NIGHT) & ~wrong & (open_nights[np.clip(nights, 0, rules.days)] == 0)
    if wrong.any():
        worst = int(np.argmax(wrong))
        raise NightImpossible(day=view.day, mailbox=int(rows[worst]), night=int(nights[worst]))
    planned = state.booked.sum(axis=0)
    for change, old in ((1, nights), (-1, state.night[rows].astype(np.int64))):
        planned += change * np.bincount(old[old != NO_NIGHT], minlength=rules.days)
    over = np.flatnonzero(planned > open_nights[: rules.days])
    if len(over):
        night = int(over[0])
        raise NightOverbooked(
            day=view.day, night=night, planned=int(planned[night]), limit=int(open_nights[night])
        )
    return rows
