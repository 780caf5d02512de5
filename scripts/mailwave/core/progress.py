"""What a poll finds of mailboxes that are in flight, and how the mailboxes of a part are counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from mailwave.core.states import IN_FLIGHT, MailboxState

ALOFT = IN_FLIGHT | {MailboxState.UNKNOWN}
"""The states in which a mailbox is polled: a move request stands behind it, or may."""


class Sighting(NamedTuple):
    """What the service says of one mailbox in flight.

    *status* are its own words (fact B27); *percent* is 0 to 100, and 95 at Synced (fact B23); *bytes_moved* and
    *items_moved* have arrived so far; *stall* is why it does not get on (facts B37, B38), empty when it does. What the
    service did not say is None.
    """

    guid: str
    status: str
    percent: int | None = None
    bytes_moved: int | None = None
    items_moved: int | None = None
    stall: str = ""


class Flight(msgspec.Struct, frozen=True):
    """A mailbox in flight as it was last seen, at *seen* in UTC; None when no poll has found it yet.

    *size_bytes* is what it held at import, 0 where nobody knows.
    """

    guid: str
    organisation: str
    site: str
    wave: str
    batch: str
    size_bytes: int
    state: MailboxState
    status: str
    percent: int | None
    bytes_moved: int | None
    items_moved: int | None
    stall: str
    seen: datetime | None


class Face(StrEnum):
    """By what mailboxes are counted. A mailbox that is not planned is in the wave and the batch without a name."""

    ORGANISATION = "organisation"
    SITE = "site"
    WAVE = "wave"
    BATCH = "batch"


class Tally(NamedTuple):
    """How many mailboxes, and the bytes that they held at import; a mailbox of unknown size counts none."""

    mailboxes: int
    size_bytes: int


Tallies = Mapping[str, Mapping[MailboxState, Tally]]
"""By name of the part and state; what has no mailbox is absent."""


Place = tuple[str, str, str, str]
"""Where a mailbox is counted: its organisation, site, wave and batch, in the order of `Face`."""

Shift = tuple[Place, int, MailboxState | None, MailboxState | None]
"""A mailbox that is counted elsewhere from now on: its place and bytes, its state before and after. None: not there."""

Deltas = dict[tuple[str, str, str], tuple[int, int]]
"""What is added to the mailboxes and bytes of each face, name and state."""


_FACES = tuple(face.value for face in Face)


def deltas(shifts: Sequence[Shift]) -> Deltas:
    """What *shifts* add to the tallies of every face, with nothing that comes to zero."""
    alike: dict[tuple[MailboxState | None, MailboxState | None], list[tuple[Place, int]]] = defaultdict(list)
    for place, size, before, after in shifts:
        alike[before, after].append((place, size))
    mailboxes: dict[tuple[str, str, str], int] = defaultdict(int)
    sizes: dict[tuple[str, str, str], int] = defaultdict(int)
    for (
        before,
        after,
    ), some in alike.items():  # those of a step together, as a poll has thousands and few steps
        for face, names in zip(_FACES, zip(*(place for place, _ in some), strict=True), strict=True):
            size_of: dict[str, int] = defaultdict(int)
            for name, (_, size) in zip(names, some, strict=True):
                size_of[name] += size
            for name, number in Counter(names).items():
                for state, sign in ((before, -1), (after, 1)):
                    if state is not None:
                        mailboxes[face, name, state] += sign * number
                        sizes[face, name, state] += sign * size_of[name]
    return {
        (face, name, str(state)): (number, sizes[face, name, state])
        for (face, name, state), number in mailboxes.items()
        if number or sizes[face, name, state]
    }


class Steps(NamedTuple):
    """Where mailboxes stand, and why, that took steps up to the journal's entry *upto*; None: any may be another."""

    upto: int
    ends: Mapping[str, tuple[MailboxState, str]] | None


class Dashboard(msgspec.Struct, frozen=True):
    """One moment of a move, at which all parts agree: the *tallies* by one *face*, and what holds moves up.

    *planned* is the scope; *stalls* are mailboxes in flight by the service's own word for what holds them up.
    """

    face: Face
    planned: int
    tallies: Tallies
    stalls: Mapping[str, int]

    @property
    def by_state(self) -> dict[MailboxState, Tally]:
        """The whole estate by state, in the order of a move."""
        found: dict[MailboxState, Tally] = {}
        for state in MailboxState:
            parts = [held[state] for held in self.tallies.values() if state in held]
            if parts:
                found[state] = Tally(sum(p.mailboxes for p in parts), sum(p.size_bytes for p in parts))
        return found
