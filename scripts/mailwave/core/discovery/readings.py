"""Readings of an estate: the first asks for everything, each later one for what changed since the one before.

What Exchange can tell of changes: `WhenChangedUTC` of a recipient can be filtered on, and moves with its settings, with
Full Access and with Send As, which all stand in the directory. It does not move with sizes, folder rights, the members
of a group that somebody is in, or a deletion; and it is kept by each domain controller for itself and not replicated.
So a later reading asks again for every size, for all that stands once in the organisation, and for the members of
groups that hold rights; it looks for those who have no size any more; and it begins an hour before the one before did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

OVERLAP = timedelta(hours=1)
"""More than a change takes to reach the domain controllers of another site (15 minutes), and clocks may differ."""

LONGEST = timedelta(hours=12)
"""A reading that was cut off longer ago is begun again: pages of different days do not make one inventory."""

FRESH = timedelta(days=30)
"""So long after a reading of everything only changes are asked for; then everything again."""


class Reading(msgspec.Struct, frozen=True):
    """One reading, by its *number* from 1, that *begun*, and *ended* where it did.

    *since*: it asks for changes from then on, or for everything where that is None. *sites* are those it reads,
    *extras* what else was asked for (`folder-rights`, `tenant`).
    """

    number: int
    begun: datetime
    sites: tuple[str, ...]
    since: datetime | None = None
    ended: datetime | None = None
    extras: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it asks for everything."""
        return self.since is None


def following(
    done: Sequence[Reading],
    now: datetime,
    sites: tuple[str, ...],
    extras: tuple[str, ...],
    *,
    anew: bool = False,
) -> Reading:
    """The reading to do after *done*, in their order, at *now*: the last one if it was cut off, or the next.

    *anew* asks for everything, whatever was read before.
    """
    ended = [each for each in done if each.ended]
    last = done[-1] if done else None
    if last and not last.ended and _goes_on(last, now, sites, extras, anew=anew):
        return last
    number = (done[-1].number if done else 0) + 1
    fresh = Reading(number, now, sites, None, None, extras)
    if anew or not ended:
        return fresh
    before = ended[-1]
    whole = next(each for each in reversed(ended) if each.is_whole)
    same = before.sites == sites and set(extras) <= set(before.extras)
    if not same or not timedelta() <= now - whole.begun <= FRESH:
        return fresh
    return msgspec.structs.replace(fresh, since=before.begun - OVERLAP)


def _goes_on(
    last: Reading, now: datetime, sites: tuple[str, ...], extras: tuple[str, ...], *, anew: bool
) -> bool:
    asked = last.sites == sites and last.extras == extras and (last.is_whole or not anew)
    return asked and timedelta() <= now - last.begun <= LONGEST


def counted(done: Sequence[Reading]) -> tuple[Reading, ...]:
    """Those of *done* that what is known rests on: from the last whole one that ended, and only ended ones."""
    ended = [each for each in done if each.ended]
    whole = [place for place, each in enumerate(ended) if each.is_whole]
    return tuple(ended[whole[-1] :]) if whole else ()
