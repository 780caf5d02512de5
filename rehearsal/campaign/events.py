"""The event log: what happened, typed, in canonical order, one sorted column of 64-bit words a day.

A word is, from the highest bit: second of the day (17), kind (4), entity (22), n (16), cause (5). Sorting words
therefore orders events by time, kind and entity, and the order is the same whoever wrote them and when.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from rehearsal.campaign.draws import Ints, Words
from rehearsal.campaign.errors import LogBroken
from rehearsal.campaign.profile import DAY


class Kind(IntEnum):
    """What happened. Within a day a mailbox has at most one event of a kind, and they apply in this order."""

    PLANNED = 0  # n: the night and 1, or 0 for no night
    BATCH_MADE = 1  # entity: the batch; n: its endpoint
    JOINED = 2  # n: the batch
    RESTARTED = 3
    REFUSED = 4
    BEGUN = 5  # n: the attempt
    SYNCED = 6
    BROKEN = 7  # a transient failure
    FAILED = 8  # a permanent one
    INCREMENT = 9  # n: how many before it
    COMPLETING = 10
    RETURNED = 11  # a completion that failed: synced again
    MOVED = 12
    DEFERRED = 13  # the night passed without it
    BATCH_REMOVED = 14  # entity: the batch


class Cause(IntEnum):
    """Why: a limit that held a mailbox back, or what went wrong with it."""

    NONE = 0
    MAILBOXES_A_NIGHT = 1
    BATCHES = 2
    INITIAL_SLOTS = 3
    GB_PER_HOUR = 4
    INCREMENTAL_SLOTS = 5
    STILL_COPYING = 6
    FAILURES = 7
    APPROVAL = 8
    REFUSED = 9
    TOO_LARGE = 10
    PERMANENT = 11
    TOO_MANY_ATTEMPTS = 12
    POOR = 13
    CAMPAIGN_ENDED = 14


_BITS = {"cause": 5, "n": 16, "entity": 22, "kind": 4, "second": 17}
_KIND_FROM = _BITS["cause"] + _BITS["n"] + _BITS["entity"]


@dataclass(frozen=True)
class Events:
    """Events in columns: seconds since the campaign began, entities, numbers and causes; all of one kind."""

    at: Ints
    entity: Ints
    n: Ints
    cause: Ints


@dataclass
class EventLog:
    """The days that were written whole; a day that was not is not there."""

    days: list[Words] = field(default_factory=list)

    def append(self, words: Words) -> None:
        """Write a day, whole or not at all."""
        self.days.append(words)

    def __len__(self) -> int:
        return sum(map(len, self.days))

    @property
    def digest(self) -> str:
        """The sha256 of all days, each behind its number and its length."""
        digest = hashlib.sha256()
        for day, words in enumerate(self.days):
            digest.update(f"{day}:{len(words)}\n".encode())
            digest.update(words.astype("<u8", copy=False).data)
        return digest.hexdigest()


def pack(day: int, kind: Kind, events: Events) -> Words:
    """The words of events of one kind on *day*. Raises LogBroken."""
    seconds = events.at - day * DAY
    # the number of mailboxes is limited where they come in, and causes are an enumeration
    for name, column, most in (("second", seconds, DAY - 1), ("n", events.n, (1 << _BITS["n"]) - 1)):
        for worst in (int(column.max()), int(column.min())):
            if not 0 <= worst <= most:
                raise LogBroken(field=name, value=worst, most=most)
    words = (seconds << _BITS["kind"]) + int(kind)
    for name in ("entity", "n", "cause"):
        words <<= _BITS[name]
        words |= getattr(events, name)
    return words.view(np.uint64)


def kinds_of(words: Words) -> Ints:
    """The kind of each event."""
    return ((words >> np.uint64(_KIND_FROM)) & np.uint64((1 << _BITS["kind"]) - 1)).astype(np.int64)


def unpack(day: int, words: Words) -> dict[Kind, Events]:
    """The events of a *day* by kind, in the order in which kinds apply, each in the order of its words."""
    kinds = kinds_of(words)
    return {kind: _columns(day, words[kinds == kind]) for kind in Kind if (kinds == kind).any()}


def _columns(day: int, words: Words) -> Events:
    columns = {}
    left = words.copy()
    for name, bits in _BITS.items():
        columns[name] = (left & np.uint64((1 << bits) - 1)).astype(np.int64)
        left >>= np.uint64(bits)
    return Events(columns["second"] + day * DAY, columns["entity"], columns["n"], columns["cause"])
