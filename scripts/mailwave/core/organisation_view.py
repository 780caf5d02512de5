"""What an organisation's own administrator sees of its move, and what one person sees of theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from mailwave.core.delegates.rights import KINDS
from mailwave.core.estate import Mailbox, Organisation, Permission, Record
from mailwave.core.mending import Problem
from mailwave.core.notices import Undelivered
from mailwave.core.overview import Night
from mailwave.core.placement.asked_dates import Asked
from mailwave.core.states import Counts, MailboxState

if TYPE_CHECKING:  # it loads polars
    from mailwave.core.readiness.attestation import Attestation, SignedWaiver
    from mailwave.core.readiness.board import Blocking

ELSEWHERE = "a mailbox of another organisation"
"""What stands for a mailbox that is no business of who looks."""


class Mover(msgspec.Struct, frozen=True):
    """A mailbox, where it stands, and its *night*; None where it has none yet."""

    name: str
    address: str
    state: MailboxState
    night: date | None


class Apart(msgspec.Struct, frozen=True):
    """A right of *holder* on the mailbox *on* whose two ends are on different sides for a time.

    *whole* is the day on which both have moved, None where that is not planned yet.
    """

    on: str
    holder: str
    kind: str
    remedy: str
    whole: date | None


class Signed(NamedTuple):
    """What counts today of what was signed for an organisation: facts that were *attested*, and rules *waived*."""

    attested: tuple[Attestation, ...] = ()
    waived: tuple[SignedWaiver, ...] = ()


class OrganisationView(msgspec.Struct, frozen=True):
    """All of it, as the organisation's own administrator may see it."""

    organisation: Organisation
    counts: Counts
    blocking: tuple[Blocking, ...]
    nights: tuple[tuple[date, int], ...]
    movers: tuple[Mover, ...]
    apart: tuple[Apart, ...]
    problems: tuple[Problem, ...]
    undelivered: tuple[Undelivered, ...]
    asked: Asked | None
    signed: Signed


class Around(msgspec.Struct, frozen=True):
    """A mailbox with its *rights*, held on it or by it; it and both ends of each are *named*, with their waves.

    *nights* are those of all these waves, by the waves' names.
    """

    record: Record
    rights: Sequence[Permission]
    named: Mapping[str, tuple[Mailbox, str | None]]
    nights: Mapping[str, Night]


class OwnView(msgspec.Struct, frozen=True):
    """One person's own: their *mover*, None where they have no mailbox in the move, and what they share."""

    mover: Mover | None
    apart: tuple[Apart, ...] = ()


def counts_of(records: Sequence[Record]) -> Counts:
    """How many of *records* stand where."""
    return Counts.of(len(records), Counter(record.state for record in records))


def mover_of(record: Record, nights: Mapping[str, Night]) -> Mover:
    """*record* with its night of *nights*, by the names of their waves."""
    night = nights.get(record.wave or "")
    box = record.mailbox
    return Mover(box.display_name, box.address, record.state, night.night if night else None)


def nights_of(movers: Iterable[Mover]) -> tuple[tuple[date, int], ...]:
    """How many of *movers* move on which night."""
    return tuple(sorted(Counter(mover.night for mover in movers if mover.night).items()))


def apart_of(
    rights: Iterable[Permission],
    named: Mapping[str, tuple[Mailbox, str | None]],
    nights: Mapping[str, Night],
    organisation: str,
    today: date,
) -> tuple[Apart, ...]:
    """Those of *rights* that are severed or will be, as *organisation* may see them.

    A right is whole again on the later of both nights; one that has been whole since before *today* is left out.
    """
    found = []
    for right in rights:
        if right.guid not in named or right.trustee not in named:
            continue
        (on, one), (holder, other) = named[right.guid], named[right.trustee]
        if one == other:
            continue
        ends = [night.night for wave in (one, other) if (night := nights.get(wave or ""))]
        whole = max(ends) if len(ends) == 2 else None
        if whole is None or whole >= today:
            shown = (_shown(on, organisation), _shown(holder, organisation))
            found.append(Apart(*shown, right.kind, KINDS[right.kind].remedy, whole))
    return tuple(found)


def _shown(box: Mailbox, organisation: str) -> str:
    return box.address if box.organisation == organisation else ELSEWHERE
