"""A campaign's figures for the report of a programme: JSON that `mailwave report programme --campaign` reads."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import numpy as np

from rehearsal.campaign.draws import Ints
from rehearsal.campaign.events import Cause, EventLog, Kind, unpack
from rehearsal.campaign.fates import GB
from rehearsal.campaign.profile import entries_of
from rehearsal.campaign.run import Outcome
from rehearsal.campaign.world import World

BEGINS = date(2020, 8, 3)
"""Day 0: the first Monday of the August in which the record move began."""

_ASSUMED = "assumption"
_LIMITS = range(Cause.MAILBOXES_A_NIGHT, Cause.STILL_COPYING + 1)
"""What holds a mailbox back that could have moved with more of a limit."""

_HANDS = (Kind.REFUSED, Kind.FAILED)


def written(outcome: Outcome, *, slots: float) -> bytes:
    """The figures of *outcome*, of a profile with the share *slots* of its slots."""
    return json.dumps(figures(outcome, slots=slots), indent=1).encode() + b"\n"


def figures(outcome: Outcome, *, slots: float) -> dict[str, Any]:
    """The same as plain values: `README.md` says what each is."""
    world, summary = outcome.state.world, outcome.summary
    return {
        "profile": summary.profile,
        "seed": summary.seed,
        "weeks": world.profile.weeks,
        "slots": slots,
        "begins": BEGINS.isoformat(),
        "mailboxes": summary.mailboxes,
        "bytes": int(world.mailboxes.size_bytes.sum()),
        "nights": _nights(outcome.log, world),
        "binding": [
            "" if week.binding is None else name_of(week.binding) for week in summary.weeks if week.held
        ],
        "failed": {name_of(cause): count for cause, count in summary.failures.items()},
        "left": {name_of(cause): count for cause, count in summary.left.items()},
        "limits": [name_of(Cause(cause)) for cause in _LIMITS],
        "hands": len(_needed_a_person(outcome.log, world)),
        "assumes": _assumed(world),
    }


def name_of(cause: Cause) -> str:
    """A cause in words."""
    return "GB per hour" if cause is Cause.GB_PER_HOUR else cause.name.lower().replace("_", " ")


def _nights(log: EventLog, world: World) -> list[list[Any]]:
    """Each day on which somebody had an appointment: the day, how many had one, how many moved, and their bytes.

    A day's deferrals are of its own night, but for the last day's, on which all that is left is deferred.
    """
    sizes, nights = world.mailboxes.size_bytes, []
    planned: Ints = np.zeros(len(world.mailboxes), dtype=np.int64)
    for day, words in enumerate(log.days):
        events = unpack(day, words)
        if told := events.get(Kind.PLANNED):
            planned[told.entity] = told.n
        moved = events[Kind.MOVED].entity if Kind.MOVED in events else planned[:0]
        due = int((planned == day + 1).sum())
        planned[planned == day + 1] = 0
        if due:
            night = (BEGINS + timedelta(days=day)).isoformat()
            nights.append([night, due, len(moved), int(sizes[moved].sum())])
    return nights


def _needed_a_person(log: EventLog, world: World) -> Ints:
    """The mailboxes that somebody had to look at: refused, failed, or with items to approve (fact B31)."""
    found = [world.mailboxes.rows[:0]]
    for day, words in enumerate(log.days):
        events = unpack(day, words)
        found += [events[kind].entity for kind in _HANDS if kind in events]
        if synced := events.get(Kind.SYNCED):
            found.append(synced.entity[world.fates.approval(synced.entity) > 0])
    return np.unique(np.concatenate(found))


def _assumed(world: World) -> list[list[str]]:
    """What nobody has published: the key, the value as it was used, and why it was taken."""
    profile = world.profile
    made_up = [
        ["mailbox sizes", f"log-normal, mean {world.mailboxes.size_bytes.mean() / GB:.2f} GB", _ASSUMED],
        ["replanning", "every morning; who missed a night gets the earliest with room", _ASSUMED],
    ]
    return made_up + [
        [key.replace("_", " "), _value(getattr(profile, key)), str(entry["source"])]
        for key, entry in entries_of(profile.name).items()
        if str(entry["source"]).startswith(_ASSUMED)
    ]


def _value(value: object) -> str:
    return " to ".join(map(str, value)) if isinstance(value, tuple) else str(value)
