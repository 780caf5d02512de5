"""The admin channel: how many calls at once, from when, and which are left out when there are too many.

Nobody publishes its limits (fact A29), so they are found as a line's are: one more call at once for each reading
without a refusal, half after one. A Retry-After is kept to the fraction of a second; and the tenant's refusal that is
not a 429 is one, too (facts A26 to A28).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from mailwave.core.governor.readings import Range

UNASKED = timedelta(seconds=30)
"""The wait after a refusal that names none: the service's own pass (fact B41)."""

QUIET = 3
"""Readings without a refusal before one more call at once is tried where the last was refused."""


class Kind(IntEnum):
    """What calls are for, the most urgent first: what people were promised a night for, then what tells the truth."""

    COMPLETE = 1
    STOP = 2
    POLL = 3
    VERIFY = 4
    RETRY = 5
    BATCH = 6
    GOVERN = 7
    SAMPLE = 8


@dataclass(frozen=True)
class Refusals:
    """What the channel refused since the last reading: *count* calls, with *after* the longest Retry-After, if any."""

    count: int = 0
    after: timedelta | None = None


@dataclass(frozen=True)
class Channel:
    """What is allowed now: *at_once* calls, none before *not_before*.

    *refused_at* is how many at once were last refused; *quiet* readings have passed since without a refusal.
    """

    allowed: Range
    at_once: int
    not_before: datetime | None = None
    refused_at: int | None = None
    quiet: int = 0


def heard(channel: Channel, refusals: Refusals, now: datetime, *, busy: bool) -> Channel:
    """What *channel* becomes at *now*; *busy* says that as many calls were under way as it allows."""
    if refusals.count:
        return replace(
            channel,
            at_once=channel.allowed.within(channel.at_once // 2),
            not_before=now + (UNASKED if refusals.after is None else refusals.after),
            refused_at=channel.at_once,
            quiet=0,
        )
    quiet = channel.quiet + 1
    more = channel.at_once + 1
    if not busy or (channel.refused_at is not None and more >= channel.refused_at and quiet < QUIET):
        return replace(channel, quiet=quiet)
    return replace(channel, at_once=channel.allowed.within(more), quiet=quiet)


def afforded(budget: int, wanted: Mapping[Kind, int]) -> dict[Kind, int]:
    """How many calls of each kind fit into *budget*: the most urgent kinds are given all they want first."""
    left, given = budget, {}
    for kind in sorted(wanted):
        given[kind] = min(wanted[kind], left)
        left -= given[kind]
    return given
