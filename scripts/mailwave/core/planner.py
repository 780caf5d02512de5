"""A plan as the operator has it: waves of batches, who is in none and why, and the rights that it severs.

The nights are found on columns (`mailwave.core.planning`); here they become values with names. Within a night, groups
stand in the order of a number mixed from their smallest ExchangeGuid, so that no batch empties one organisation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import batched, count

import msgspec
import numpy as np

from mailwave.core.delegates.held import Held
from mailwave.core.delegates.rights import KINDS
from mailwave.core.estate import Permission
from mailwave.core.manifest import digest
from mailwave.core.placement.problem import NEVER
from mailwave.core.placement.reasons import TELL_AGAIN, WHYS
from mailwave.core.placement.room import why_never
from mailwave.core.plan_columns import Placement
from mailwave.core.planning import Solved
from mailwave.core.population import Population, guid_columns, guid_texts


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


class Told(msgspec.Struct, frozen=True):
    """A mailbox whose night *was* told or approved (None: unknown) and is *now* another, if any."""

    mailbox: str
    was: date | None
    now: date | None
    why: str


PASSED = "its night went by without it: its people must be told again"


class Plan(msgspec.Struct, frozen=True):
    """Waves in the order of their nights.

    *unplanned* groups stay waiting. *severed* are the rights whose two ends will be on different sides for a time.
    *told_again* are all whose night was told or approved and became another, by this plan or one before it.
    """

    waves: tuple[Wave, ...]
    unplanned: tuple[Unplanned, ...] = ()
    severed: tuple[Severed, ...] = ()
    told_again: tuple[Told, ...] = ()

    @property
    def digest(self) -> str:
        """The plan's identity."""
        return digest(self)


def waves_of(environment: str, solved: Solved, batch_size: int, taken: Iterable[str] = ()) -> list[Wave]:
    """The waves of a plan, in the order of their nights; no batch has a name that is *taken*."""
    plan, order = solved.placement, solved.problem.order
    rows = np.flatnonzero(plan.night != NEVER)
    rows = rows[np.lexsort((rows, order[plan.label[rows]], plan.night[rows]))]
    by_night: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    sites = plan.population.sites
    columns = (plan.night[rows].tolist(), plan.population.site[rows].tolist())
    for night, site, guid in zip(*columns, guid_texts(plan.population.guid[rows]), strict=True):
        by_night[night][sites[site]].append(guid)
    used = set(taken)
    return [_wave(environment, plan, night, by_site, batch_size, used) for night, by_site in by_night.items()]


def _wave(
    environment: str,
    plan: Placement,
    night: int,
    by_site: dict[str, list[str]],
    batch_size: int,
    taken: set[str],
) -> Wave:
    window = plan.windows[night]
    stamp = window.night.strftime("%Y%m%d")
    batches = []
    for site, guids in sorted(by_site.items()):
        names = (name for n in count(1) if (name := f"{environment}-{stamp}-{site}-{n:03d}") not in taken)
        batches += [Batch(next(names), site, tuple(some)) for some in batched(guids, batch_size)]
    return Wave(f"W{stamp}", window.night, window.start, window.end, tuple(batches))


def unplanned_of(solved: Solved) -> tuple[Unplanned, ...]:
    """The groups without a night, and why."""
    plan = solved.placement
    groups: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(plan.night == NEVER).tolist():
        groups[int(plan.label[row])].append(row)
    ordered = sorted(groups, key=lambda group: int(solved.problem.order[group]))
    return tuple(
        Unplanned(
            tuple(guid_texts(plan.population.guid[np.array(groups[group])])),
            why_never(solved.problem, group),
        )
        for group in ordered
    )


def severed_by(waves: Sequence[Wave], population: Population, held: Held) -> tuple[Severed, ...]:
    """Those of the rights *held* between mailboxes of *population* whose two ends are not in one wave, in order."""
    night = np.zeros(population.size, dtype=np.int64)
    for wave in waves:
        night[population.places(guid_columns(wave.mailboxes))] = wave.night.toordinal()
    apart = held.only(night[held.mailbox] != night[held.trustee])
    ends = np.stack([night[apart.mailbox], night[apart.trustee]])
    together = np.where(ends.all(axis=0), ends.max(axis=0), 0).tolist()
    rights = zip(apart.permissions(population), together, strict=True)
    return tuple(Severed(right, date.fromordinal(day) if day else None) for right, day in sorted(rights))


def told_again_by(
    plan: Placement, told: Collection[str], was: Mapping[str, date], passed: Mapping[str, date]
) -> tuple[Told, ...]:
    """Those who had the nights of *was*, were *told* them or had them approved, and have them no more.

    *passed* has the nights that went by without a mailbox.
    """
    found = []
    columns = (plan.why.tolist(), plan.night.tolist())
    for guid, why, night in zip(guid_texts(plan.population.guid), *columns, strict=True):
        went_by = guid in told and guid not in was
        if went_by or why in TELL_AGAIN:
            now = None if night == NEVER else plan.windows[night].night
            found.append(Told(guid, was.get(guid) or passed.get(guid), now, PASSED if went_by else WHYS[why]))
    return tuple(found)
