"""What the operators see of a move at one moment: tonight, the nights behind and ahead, and what is in trouble.

Everything here is counted from what the ledger keeps as sums, so that it costs the same for two thousand mailboxes and
for two million.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import NamedTuple

import msgspec

from mailwave.core.estate import Organisation
from mailwave.core.placement.granted import Granted
from mailwave.core.progress import Tallies, Tally
from mailwave.core.states import Counts, MailboxState

STAGES = ("discovered", "evidence there", "ready", "told", "moved")
"""How far a mailbox can have come."""

_OUT = (MailboxState.DEFERRED, MailboxState.EXCLUDED)
_NOT_TOLD = frozenset({*_OUT, MailboxState.WAITING})
"""Where people are of whom nobody has begun to copy: that begins once they were told (docs/waves.md)."""

NOWHERE = "not known"
"""The region or care board of an organisation of which the tables name none."""


class Night(msgspec.Struct, frozen=True):
    """A wave without its mailboxes: the local day of its *night*, and its window in UTC."""

    wave: str
    night: date
    start: datetime
    end: datetime


class Part(msgspec.Struct, frozen=True):
    """How many mailboxes of a part stand where; *beside* says more of it, such as the site of a batch."""

    name: str
    counts: Counts
    states: Mapping[MailboxState, int]
    beside: str = ""

    def of(self, state: MailboxState) -> int:
        """How many are in *state*."""
        return self.states.get(state, 0)


class Tonight(msgspec.Struct, frozen=True):
    """The night that is on, or the next: its *whole*, and its *batches*."""

    night: Night
    whole: Part
    batches: tuple[Part, ...]


class Slots(msgspec.Struct, frozen=True):
    """The moves that an endpoint holds: *copying* now of the slots *granted*, and those kept *synced*.

    *governed* are the slots that the governor set last and *why*; None, and nothing, where it set none.
    """

    endpoint: str
    copying: int
    granted: int
    governed: int | None
    synced: int
    why: str = ""


class Governed(NamedTuple):
    """The *slots* for copies that the governor set an endpoint, and *why*."""

    slots: int
    why: str


class Remedy(NamedTuple):
    """Who must act on a reason, and how; *evidence*: what is lacking is only the proof that somebody can move."""

    owner: str
    remedy: str
    evidence: bool = False


class Funnel(msgspec.Struct, frozen=True):
    """How far the mailboxes of a part have come, each number a part of the one before.

    Of those *found* it is known of so many whether they can move (*shown*), so many can (*ready*), the people of so
    many were told and their copies begun (*told*), and so many have *moved*.
    """

    name: str
    found: int
    shown: int
    ready: int
    told: int
    moved: int

    @property
    def stages(self) -> tuple[tuple[str, int], ...]:
        """Each stage in words, with its number."""
        numbers = (self.found, self.shown, self.ready, self.told, self.moved)
        return tuple(zip(STAGES, numbers, strict=True))


class Trouble(msgspec.Struct, frozen=True):
    """So many *mailboxes* in one *state* for one reason, by its *name*; who must act, and how, where that is known."""

    state: MailboxState
    name: str
    mailboxes: int
    owner: str = ""
    remedy: str = ""


class Hold(msgspec.Struct, frozen=True):
    """A *wave* that is held, and *why*; a *stop* holds every other with it."""

    wave: str
    why: str
    stop: bool


class Desk(msgspec.Struct, frozen=True):
    """Contacts at the service desk and failures of a *wave*, with what its *ring* allows of each."""

    wave: str
    ring: str
    contacts: int
    contacts_allowed: int
    failures: int
    failures_allowed: int


class Step(msgspec.Struct, frozen=True):
    """The end of a *night*: the mailboxes that were to have *moved* by then, and those that have, None ahead."""

    night: date
    planned: int
    moved: int | None


class Burn(msgspec.Struct, frozen=True):
    """A line of the burn-up's table: a `Step`, with what half of the forecast's runs and nine tenths reach by then.

    A night that is in only one of both has None for the other's figures.
    """

    night: date
    planned: int | None = None
    moved: int | None = None
    p50: int | None = None
    p90: int | None = None


class Overview(msgspec.Struct, frozen=True):
    """All of it, as it was *at* a moment in UTC."""

    environment: str
    at: datetime
    whole: Part
    tonight: Tonight | None
    sites: tuple[Part, ...]
    slots: tuple[Slots, ...]
    stalls: tuple[tuple[str, int], ...]
    troubles: tuple[Trouble, ...]
    holds: tuple[Hold, ...]
    desk: tuple[Desk, ...]
    regions: tuple[Funnel, ...]
    boards: tuple[Funnel, ...]
    by_board: tuple[Part, ...]
    burn: tuple[Step, ...]


def part(name: str, held: Mapping[MailboxState, Tally], beside: str = "") -> Part:
    """The part *name*, of which so much is *held* in each state."""
    states = {state: tally.mailboxes for state, tally in held.items()}
    return Part(name, Counts.of(sum(states.values()), states), states, beside)


def together(name: str, parts: Iterable[Mapping[MailboxState, Tally]]) -> Part:
    """One part that is all of *parts*."""
    states: Counter[MailboxState] = Counter()
    for held in parts:
        states.update({state: tally.mailboxes for state, tally in held.items()})
    return Part(name, Counts.of(states.total(), states), dict(states))


def grouped(
    tallies: Tallies, organisations: Sequence[Organisation], name: Callable[[Organisation], str]
) -> tuple[Part, ...]:
    """The *tallies* of organisations together by what *name* says of each, in the order of the names."""
    held: dict[str, list[Mapping[MailboxState, Tally]]] = defaultdict(list)
    for body in organisations:
        if body.code in tallies:
            held[name(body) or NOWHERE].append(tallies[body.code])
    return tuple(together(each, held[each]) for each in sorted(held))


def funnels(
    tallies: Tallies,
    unshown: Mapping[str, int],
    organisations: Sequence[Organisation],
    name: Callable[[Organisation], str],
) -> tuple[Funnel, ...]:
    """How far each group of organisations has come, by what *name* says of each.

    *unshown* are the mailboxes of organisations that are put off for nothing but missing evidence.
    """
    lacking: Counter[str] = Counter()
    for body in organisations:
        lacking[name(body) or NOWHERE] += unshown.get(body.code, 0)
    return tuple(_funnel(each, lacking[each.name]) for each in grouped(tallies, organisations, name))


def _funnel(part: Part, lacking: int) -> Funnel:
    found = part.counts.planned
    told = found - sum(part.of(state) for state in _NOT_TOLD)
    ready = found - sum(part.of(state) for state in _OUT)
    return Funnel(part.name, found, found - lacking, ready, told, part.of(MailboxState.MOVED))


def tonight_of(nights: Sequence[Night], at: datetime) -> Night | None:
    """The night of *nights* whose window is open *at* a moment, else the next, else the last."""
    ahead = [night for night in nights if night.end > at]
    return min(ahead, key=lambda night: night.start, default=nights[-1] if nights else None)


def burn_of(nights: Sequence[Night], waves: Tallies, at: datetime) -> tuple[Step, ...]:
    """What was to have moved by the end of each of *nights*, and what has: nights not yet begun *at* have no figure."""
    ordered = sorted(nights, key=lambda night: night.start)
    held = [waves.get(night.wave, {}) for night in ordered]
    planned = accumulate(sum(tally.mailboxes for tally in each.values()) for each in held)
    moved = accumulate(
        each[MailboxState.MOVED].mailboxes if MailboxState.MOVED in each else 0 for each in held
    )
    return tuple(
        Step(night.night, all_, done if night.start <= at else None)
        for night, all_, done in zip(ordered, planned, moved, strict=True)
    )


def with_forecast(steps: Sequence[Step], foreseen: Sequence[tuple[date, int, int]]) -> tuple[Burn, ...]:
    """*steps* beside what is *foreseen* by the end of each night: its P50 and its P90.

    Of the nights that only the forecast has, those stay by which more have moved than by the one before.
    """
    found = {step.night: Burn(step.night, step.planned, step.moved) for step in steps}
    before = (0, 0)
    for night, *figures in foreseen:
        if night in found or tuple(figures) != before:
            its = found.get(night, Burn(night))
            found[night] = msgspec.structs.replace(its, p50=figures[0], p90=figures[1])
        before = (figures[0], figures[1])
    return tuple(found[night] for night in sorted(found))


def slots_of(
    sites: Tallies, granted: Granted, governed: Mapping[str, Governed], on: date
) -> tuple[Slots, ...]:
    """What each endpoint holds of what was *granted* it *on* a day, by the tallies of *sites*; see `Slots`."""
    grant = granted.limits.get("concurrent_moves")
    found = []
    for endpoint in sorted({place.endpoint for place in granted.places.values()}):
        names = granted.behind(endpoint)
        figure = max(grant.on(on, name) for name in names) if grant else 0
        whole = together(endpoint, [sites[name] for name in names if name in sites])
        copying, synced = whole.of(MailboxState.SYNCING), whole.of(MailboxState.SYNCED)
        slots, why = governed.get(endpoint, (None, ""))
        found.append(Slots(endpoint, copying, figure, slots, synced, why))
    return tuple(found)
