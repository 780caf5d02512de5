"""What the ledger says of a part of the estate, counted: all that a report on it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from mailwave.core.estate import Organisation
from mailwave.core.overview import Night
from mailwave.core.prices import PriceList
from mailwave.core.states import Counts, MailboxState


class Part(NamedTuple):
    """A wave, an organisation or none of both: of which part of the estate facts are."""

    wave: str = ""
    organisation: str = ""


class Cluster(NamedTuple):
    """The mailboxes of one organisation, wave, batch and state: how many, their bytes, and those that need a licence.

    *wave* and *batch* are empty where none is planned.
    """

    organisation: str
    wave: str
    batch: str
    state: MailboxState
    mailboxes: int
    size_bytes: int
    licences: int


class Told(NamedTuple):
    """The people who were told of a *night* two weeks before it, and how many of them have moved in it."""

    night: str
    people: int
    kept: int


class Sent(NamedTuple):
    """The notices of one milestone by what became of them."""

    milestone: str
    state: str
    notices: int


class Checked(NamedTuple):
    """What the last look at the *mailboxes* of a wave after its move found: open differences by kind, and accepted."""

    wave: str
    mailboxes: int
    open: Mapping[str, int]
    excepted: int


class Facts(msgspec.Struct, frozen=True):
    """All of it, as it was *at* a moment in UTC.

    *groups* are people in licence groups by the group; *contacts* those of the service desk by wave; *doubtful* acts
    without a known end by their name; *deadline* is the last day that a window may touch.
    """

    environment: str
    at: datetime
    part: Part
    clusters: tuple[Cluster, ...]
    nights: tuple[Night, ...]
    organisations: Mapping[str, Organisation]
    told: tuple[Told, ...]
    sent: tuple[Sent, ...]
    reasons: tuple[tuple[MailboxState, str, int], ...]
    groups: Mapping[str, int]
    contacts: Mapping[str, int]
    checks: tuple[Checked, ...]
    doubtful: Mapping[str, int]
    prices: PriceList
    deadline: date | None

    @property
    def counts(self) -> Counts:
        """How many mailboxes stand where."""
        return counts_of(self.clusters)

    @property
    def moved_bytes(self) -> int:
        """The bytes that the moved mailboxes held at import."""
        return sum(each.size_bytes for each in self.clusters if each.state is MailboxState.MOVED)

    @property
    def licences(self) -> int:
        """How many of the moved mailboxes need a licence."""
        return sum(each.licences for each in self.clusters if each.state is MailboxState.MOVED)

    @property
    def notices(self) -> int:
        """How many notices the service took."""
        return sum(each.notices for each in self.sent if each.state in ("sent", "undelivered"))


def counts_of(clusters: Iterable[Cluster]) -> Counts:
    """How many mailboxes of *clusters* stand where; planned is all of them."""
    states: dict[MailboxState, int] = {}
    for each in clusters:
        states[each.state] = states.get(each.state, 0) + each.mailboxes
    return Counts.of(sum(states.values()), states)


def by(clusters: Sequence[Cluster], name: str) -> dict[str, list[Cluster]]:
    """*clusters* by what they are called in *name*, such as their batch; in the order of the names."""
    found: dict[str, list[Cluster]] = {}
    for each in sorted(clusters):
        found.setdefault(getattr(each, name), []).append(each)
    return dict(sorted(found.items()))
