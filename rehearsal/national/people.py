"""Teams, and what each mailbox is: the skeleton that columns and rights are hung on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehearsal.national.organisations import Layout
from rehearsal.national.shape import (
    EQUIPMENT,
    LINKED,
    LOCAL_SERVICE_EVERY,
    NATIONAL_SERVICE_EVERY,
    ROOM,
    SHARED,
    TEAM,
    TEAM_SHARED,
    TYPES,
    USER,
)
from rehearsal.national.streams import Flags, Places, Streams, bounded_pareto

_SMALLEST_WITH_SHARED = 3


@dataclass(frozen=True)
class People:
    """What each mailbox is.

    *team* numbers the teams; team *t* begins at *first[t]* with its shared mailbox where *has_shared[t]*, and its
    administrator *admin[t]*, a person, comes next. *type* is an index of shape.TYPES. *local* and *national* are the
    mailboxes of service accounts; *person* is true of mailboxes with one human owner.
    """

    where: Layout
    team: Places
    first: Places
    has_shared: Flags
    admin: Places
    type: NDArray[np.uint8]
    local: Places
    national: Places
    person: Flags

    @property
    def service(self) -> Places:
        """The mailboxes of all service accounts."""
        return np.concatenate([self.local, self.national])


def assemble(streams: Streams, where: Layout) -> People:
    """Put the mailboxes of each organisation into teams, and say what each mailbox is."""
    first, team = _teams(streams, where)
    size = np.diff(first, append=where.total)
    has_shared = (size >= _SMALLEST_WITH_SHARED) & streams.chance("team has shared", len(first), TEAM_SHARED)
    admin = first + has_shared
    local, national = _services(streams, where)
    types = _types(streams, where.total)
    types[admin] = USER
    types[first[has_shared]] = SHARED
    types[local] = USER
    types[national] = USER
    # A service account may have taken the place of a small team's shared mailbox.
    has_shared &= types[first] == SHARED
    person = (types == USER) | (types == LINKED)
    person[local] = False
    person[national] = False
    return People(where, team, first, has_shared, admin, types, local, national, person)


def _teams(streams: Streams, where: Layout) -> tuple[Places, Places]:
    """The first mailbox of each team, and the team of each mailbox. A team ends with its organisation."""
    alpha, least, most = TEAM
    part = streams.uniform("team size", where.total // least + 1)
    ends = np.cumsum(bounded_pareto(part, alpha=alpha, least=least, most=most).astype(np.int64))
    begins = np.zeros(where.total, dtype=np.bool_)
    begins[ends[ends < where.total]] = True
    begins[where.starts] = True
    return np.flatnonzero(begins), np.cumsum(begins) - 1


def _types(streams: Streams, count: int) -> NDArray[np.uint8]:
    """A type for each mailbox wherever it stands; most are user mailboxes."""
    part = streams.uniform("recipient type", count)
    types = np.full(count, USER, dtype=np.uint8)
    edge = 0.0
    for code in (SHARED, ROOM, EQUIPMENT, LINKED):
        types[(part >= edge) & (part < edge + TYPES[code].scatter)] = code
        edge += TYPES[code].scatter
    return types


def _services(streams: Streams, where: Layout) -> tuple[Places, Places]:
    """The mailboxes of local and national service accounts: the last of large organisations, by their size."""
    counts = [max(1, round(where.total / every)) for every in (LOCAL_SERVICE_EVERY, NATIONAL_SERVICE_EVERY)]
    large = np.flatnonzero(where.sizes >= min(1_000, int(where.sizes.max())))
    reach = np.cumsum(where.sizes[large])
    taken: dict[int, int] = {}
    found = []
    for name, count in zip(("local service", "national service"), counts, strict=True):
        part = (np.arange(count) + streams.uniform(name, count)) / count
        owners = large[np.searchsorted(reach, part * reach[-1], side="right")]
        for owner in owners.tolist():
            taken[owner] = taken.get(owner, 0) + 1
            found.append(int(where.starts[owner] + where.sizes[owner]) - taken[owner])
    places = np.array(found, dtype=np.int64)
    return places[: counts[0]], places[counts[0] :]
