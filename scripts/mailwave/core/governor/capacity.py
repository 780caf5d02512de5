"""How many moves at once a site carries, learnt from how those that run fare.

A site that has too many shows it in one of two ways: it stalls the rest (facts B38, C5, B44), or all slow down because
the line is full. Either way the reading tells how many moves' worth of work is done, and the estimate goes there in one
step, not by halves. From there it is raised by small steps which grow as long as nothing resists, after a pause that is
the longer, the more often the site resisted at the same place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailwave.core.governor.readings import Range, Reading
from mailwave.core.governor.stalls import Blame

TOLERATED = 0.10
"""The share of stalled moves that is taken for chance and not for the site's end."""

SLOWED = 0.20
"""How much slower than at its best a site's moves may run before its line is taken to be full."""

FULL = 0.9
"""From which part of the estimate on, in use, a reading without resistance says that there may be more."""

FIRST_RAISE = 0.5
"""By which part the estimate of a site is raised that never resisted."""

PROBE, GREATEST_STEP = 0.05, 0.15
"""The first and the greatest step above where a site resisted, as parts of the estimate; each is twice the last."""

PAUSE, LONGEST_PAUSE = 1, 6
"""Readings without a raise, after a site resisted: twice as many each time it does at the same place."""

SAME_PLACE = 0.15
"""How far apart two such places are, as a part, and still the same."""

PAST = 2.0
"""How far beyond where a site resisted it must be without resisting, for that to be no longer true."""

DRAINED = 1.1
"""Moves keep their slots when a limit is lowered: while more than this part of the estimate run, it has not worked."""

DRAWN = 0.2
"""How much of a new reading goes into the mean of a site's pace."""

EASED, QUICKER = 0.5, 1 / (1 - SLOWED)
"""Moves that do not run so much quicker when so many are left are as quick as the site is: load is not the cause."""


@dataclass(frozen=True)
class Estimate:
    """What is believed of one site.

    *carries* moves at once. It last *resisted* there (None: never); *step* is the next raise above that, as a part;
    *pause* readings are let pass first, *next_pause* after the next resistance. *own* is the pace, in bytes a minute,
    of its moves when nothing holds them up, and *usual* the one that any site's moves are expected to have. *proven* is
    how many ran when it last did not resist, None once that was relied on; *slow* is the moves and their pace when it
    was last found slow.
    """

    carries: int
    usual: float | None = None
    own: float | None = None
    resisted: int | None = None
    step: float = PROBE
    pause: int = 0
    next_pause: int = PAUSE
    proven: int | None = None
    slow: tuple[int, float] | None = None


def learned(estimate: Estimate, seen: Reading, allowed: Range) -> Estimate:
    """What *estimate* becomes by what was *seen*, within what is *allowed* for both pools together."""
    if not seen.active:
        return estimate
    if seen.sample.share(Blame.SOURCE) > TOLERATED:
        return _lowered(estimate, seen.active * (1 - seen.sample.share(Blame.SOURCE)), allowed)
    if seen.connections_refused > TOLERATED * seen.active:
        return _lowered(estimate, seen.active - seen.connections_refused, allowed)
    if seen.sample.share(Blame.TARGET) > TOLERATED:
        return estimate
    return _by_pace(estimate, seen, allowed)


def _by_pace(estimate: Estimate, seen: Reading, allowed: Range) -> Estimate:
    """What follows from how quick the moves are, where none is stalled."""
    pace = seen.sample.pace
    if pace is not None:
        estimate = _tried(estimate, seen.active, pace, allowed)
        normal = estimate.own or estimate.usual
        if normal and pace < (1 - SLOWED) * normal:
            return _slowed(estimate, seen, pace / normal, allowed)
        if estimate.own is None or estimate.resisted is None or seen.active <= estimate.resisted:
            estimate = _drawn(estimate, pace)
    return _unhindered(estimate, seen.active, allowed)


def _unhindered(estimate: Estimate, active: int, allowed: Range) -> Estimate:
    """What follows where so many run and nothing holds them up: the site carries them, and perhaps more."""
    carries = max(estimate.carries, allowed.within(active))
    estimate = replace(estimate, carries=carries, proven=active, slow=None)
    if estimate.resisted is not None and active > PAST * estimate.resisted:
        estimate = replace(estimate, resisted=None, step=PROBE, pause=0, next_pause=PAUSE)
    if active < FULL * carries:
        return estimate
    if estimate.pause:
        return replace(estimate, pause=estimate.pause - 1)
    return _raised(estimate, allowed)


def _slowed(estimate: Estimate, seen: Reading, part: float, allowed: Range) -> Estimate:
    """What follows where moves run at only a *part* of their pace.

    Moves keep their slots when a limit is lowered, so while more run than are wanted it is lowered again only where
    even less is done than was wanted.
    """
    pace, draining = seen.sample.pace or 0.0, seen.active > DRAINED * estimate.carries
    if draining and seen.active * part >= (1 - SLOWED) * estimate.carries:
        return estimate
    lowered = _lowered(estimate, _eased(estimate, seen.active, part), allowed)
    return replace(lowered, slow=estimate.slow or (seen.active, pace))


def _tried(estimate: Estimate, active: int, pace: float, allowed: Range) -> Estimate:
    """What fewer moves show of a site whose own pace is not known: if they are hardly quicker, it carries what it did.

    With no more than the least that is allowed there is nothing left to ease: the pace is the site's own.
    """
    if estimate.own is not None and active <= allowed.minimum:
        return replace(estimate, own=pace)
    if estimate.own is not None or estimate.slow is None or active > EASED * estimate.slow[0]:
        return estimate
    before, slow = estimate.slow
    if pace >= QUICKER * slow:
        return replace(estimate, own=min(pace, estimate.usual or pace))
    return replace(estimate, own=pace, carries=before, resisted=None, pause=0, next_pause=PAUSE)


def _eased(estimate: Estimate, active: int, part: float) -> float:
    """How many moves to leave to a site whose moves run at only a *part* of their pace.

    A crowd costs, so what is done now is less than the site can: half-way from there to what it carried before. A site
    that has not shown its own pace yet is eased so far that it must.
    """
    done = active * part
    if estimate.own is None:
        return min(done, EASED * active)
    return (done + min(active, estimate.carries, max(done, estimate.proven or 0))) / 2


def _drawn(estimate: Estimate, pace: float) -> Estimate:
    """Draw the site's own pace to *pace*: it is a mean, for a reading is of a few moves only."""
    if estimate.own is None:
        return replace(estimate, own=pace)
    return replace(estimate, own=estimate.own + (pace - estimate.own) * DRAWN)


def _lowered(estimate: Estimate, flowing: float, allowed: Range) -> Estimate:
    """Go where the site is, and be slower to try again where it was found before."""
    there, before = max(1, round(flowing)), estimate.resisted
    same = before is not None and abs(there - before) <= SAME_PLACE * before
    pause = estimate.next_pause if same else PAUSE
    return replace(
        estimate,
        carries=allowed.within(there),
        resisted=there,
        step=PROBE,
        pause=pause,
        next_pause=min(LONGEST_PAUSE, pause * 2),
        proven=None,
    )


def _raised(estimate: Estimate, allowed: Range) -> Estimate:
    carries, step = estimate.carries, FIRST_RAISE if estimate.resisted is None else estimate.step
    more = allowed.within(carries + max(1, round(step * carries)))
    return replace(estimate, carries=more, step=min(GREATEST_STEP, estimate.step * 2))
