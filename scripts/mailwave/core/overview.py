"""What the operators see of a move at one moment: tonight, the nights behind and ahead, and what is in trouble.

Everything here is counted from what the ledger keeps as sums, so that it costs the same for two thousand mailboxes and
for two million.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import accumulate

import msgspec

from mailwave.core.estate import Organisation
from mailwave.core.placement.granted import Granted
from mailwave.core.progress import Tallies, Tally
from mailwave.core.states import Counts, MailboxState

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

    *governed* are the slots that the governor set last, None where it set none.
    """

    endpoint: str
    copying: int
    granted: int
    governed: int | None
    synced: int


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
    regions: tuple[Part, ...]
    boards: tuple[Part, ...]
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


def slots_of(sites: Tallies, granted: Granted, governed: Mapping[str, int], on: date) -> tuple[Slots, ...]:
    """What each endpoint holds of what was *granted* it *on* a day, by the tallies of *sites*; see `Slots`."""
    grant = granted.limits.get("concurrent_moves")
    found = []
    for endpoint in sorted({place.endpoint for place in granted.places.values()}):
        names = [name for name, place in granted.places.items() if place.endpoint == endpoint]
        figure = 0
        if grant is not None:
            figure = max((grant.after if on > grant.last_day else grant.before)(name) for name in names)
        whole = together(endpoint, [sites[name] for name in names if name in sites])
        copying, synced = whole.of(MailboxState.SYNCING), whole.of(MailboxState.SYNCED)
        found.append(Slots(endpoint, copying, figure, governed.get(endpoint), synced))
    return tuple(found)
