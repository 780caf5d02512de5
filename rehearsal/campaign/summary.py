"""What came of a campaign: counted from its log, and from its state at the end of each day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from rehearsal.campaign.closing import held
from rehearsal.campaign.draws import Words
from rehearsal.campaign.events import Cause, Kind, kinds_of, unpack
from rehearsal.campaign.plan import Capacity
from rehearsal.campaign.profile import DAY
from rehearsal.campaign.state import Code, State

_IS_COUNTED = np.isin(np.array(list(Kind)), [Kind.MOVED, Kind.FAILED, Kind.DEFERRED])


@dataclass(frozen=True)
class DayCounts:
    """One day. *bytes* were moved in it; *held* is how many mailboxes each limit held back at its end."""

    day: int
    moved: int
    failed: int
    deferrals: dict[Cause, int]
    failures: dict[Cause, int]
    increments: int
    overruns: int
    bytes: int
    synced: int
    late_increments: int
    batches: int
    held: dict[Cause, int]


@dataclass(frozen=True)
class Week:
    """One week, counted from 1. *binding* is the limit that held most mailbox-days back, or None; *held*: how many."""

    number: int
    moved: int
    failed: int
    deferrals: int
    bytes: int
    at_plateau: int
    late_increments: int
    binding: Cause | None
    held: int


@dataclass(frozen=True)
class Summary:
    """The figures of a campaign under *profile* and *seed*; moved, failed and deferred together are all *mailboxes*.

    *deferrals*: how often a night passed without a mailbox, by what held it; *left*: those deferred at the end, the
    same. *nights*: with at least one mailbox moved. *binding*: the limit that a plan meets first.
    """

    profile: str
    seed: int
    mailboxes: int
    moved: int
    failed: int
    deferred: int
    bytes_moved: int
    increments: int
    overruns: int
    nights: int
    weeks: tuple[Week, ...]
    failures: dict[Cause, int]
    deferrals: dict[Cause, int]
    left: dict[Cause, int]
    binding: Cause
    events: int
    digest: str


def observe(state: State, capacity: Capacity, day: int, words: Words) -> DayCounts:
    """Count the events of *day* and look at the *state* that they led to."""
    kind = kinds_of(words)
    kinds = np.bincount(kind, minlength=len(Kind))
    found = unpack(day, words[_IS_COUNTED[kind]])
    closes = state.world.profile.window(day)[1]
    moved, failed, deferred = (found.get(kind) for kind in (Kind.MOVED, Kind.FAILED, Kind.DEFERRED))
    synced = state.rows(Code.SYNCED)
    deferrals = _by_cause(deferred.cause.tolist() if deferred else [])
    return DayCounts(
        day=day,
        moved=int(kinds[Kind.MOVED]),
        failed=int(kinds[Kind.FAILED]),
        deferrals=deferrals,
        failures=_by_cause(failed.cause.tolist() if failed else []),
        increments=int(kinds[Kind.INCREMENT]),
        overruns=int((moved.at > closes).sum()) if moved else 0,
        bytes=int(state.world.mailboxes.size_bytes[moved.entity].sum()) if moved else 0,
        synced=len(synced),
        late_increments=int((state.due_at[synced] < day * DAY).sum()),
        batches=len(state.batches),
        held=_held(state, capacity, day, deferrals),
    )


def _held(state: State, capacity: Capacity, day: int, deferrals: dict[Cause, int]) -> dict[Cause, int]:
    """What holds mailboxes back; those deferred today, whom no replan has seen yet, are held by what deferred them."""
    found = held(state, capacity, day, (day + 1) * DAY)
    found[capacity.binding] -= sum(deferrals.values())
    return {cause: count + deferrals.get(cause, 0) for cause, count in found.items()}


def _by_cause(causes: list[int]) -> dict[Cause, int]:
    return {Cause(cause): count for cause, count in sorted(Counter(causes).items())}


@dataclass
class Tally:
    """The days counted so far."""

    days: list[DayCounts] = field(default_factory=list)

    def weeks(self) -> tuple[Week, ...]:
        """The days by week."""
        return tuple(_week(number, self.days[start : start + 7]) for number, start in self._starts())

    def _starts(self) -> list[tuple[int, int]]:
        return [(start // 7 + 1, start) for start in range(0, len(self.days), 7)]

    def summary(self, state: State, capacity: Capacity, events: int, digest: str) -> Summary:
        """The figures after the last day."""
        world, days = state.world, self.days
        counts = state.counts
        return Summary(
            profile=world.profile.name,
            seed=world.seed,
            mailboxes=len(world.mailboxes),
            moved=int(counts[Code.MOVED]),
            failed=int(counts[Code.FAILED]),
            deferred=int(counts[Code.DEFERRED]),
            bytes_moved=sum(day.bytes for day in days),
            increments=sum(day.increments for day in days),
            overruns=sum(day.overruns for day in days),
            nights=sum(day.moved > 0 for day in days),
            weeks=self.weeks(),
            failures=_sum([day.failures for day in days]),
            deferrals=_sum([day.deferrals for day in days]),
            left=_by_cause(state.why[state.rows(Code.DEFERRED)].tolist()),
            binding=capacity.binding,
            events=events,
            digest=digest,
        )


def _week(number: int, days: list[DayCounts]) -> Week:
    total = _sum([day.held for day in days])
    binding = max(total, key=lambda cause: (total[cause], -cause)) if any(total.values()) else None
    return Week(
        number=number,
        moved=sum(day.moved for day in days),
        failed=sum(day.failed for day in days),
        deferrals=sum(sum(day.deferrals.values()) for day in days),
        bytes=sum(day.bytes for day in days),
        at_plateau=max(day.synced for day in days),
        late_increments=max(day.late_increments for day in days),
        binding=binding,
        held=total[binding] if binding is not None else 0,
    )


def _sum(parts: list[dict[Cause, int]]) -> dict[Cause, int]:
    total: Counter[Cause] = Counter()
    for part in parts:
        total.update(part)
    return {cause: total[cause] for cause in sorted(total)}
