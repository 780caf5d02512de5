"""What of a saved plan stands when the rest is planned anew.

A wave that has begun stays as it is, and so do its mailboxes. One that was approved, or of which people were told,
keeps its night: nobody joins it, because its list is what was consented to, and a mailbox leaves it only when the
night has gone from its calendar. A wave that is over keeps all but those who still wait. All other mailboxes keep
their nights as far as can be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import msgspec
import numpy as np

from mailwave.core.calendar import Window
from mailwave.core.delegates.held import Held
from mailwave.core.everybody import Everybody
from mailwave.core.placement.problem import NEVER, NEW, Flags
from mailwave.core.placement.season import Season
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.planning import Earlier
from mailwave.core.population import Population, guid_columns
from mailwave.core.states import IN_FLIGHT, MailboxState

AWAY = frozenset({MailboxState.WAITING, MailboxState.DEFERRED, MailboxState.EXCLUDED})
"""States of mailboxes for which a wave has done nothing."""

ON_THE_WAY = IN_FLIGHT | {MailboxState.UNKNOWN}


class Standing(NamedTuple):
    """What stands: *kept* waves whatever is planned, *promised* ones as far as their nights last, *loose* ones not.

    *population* are all that take something of the nights to come, those that wait and those on their way, and *held*
    the rights between them.
    """

    kept: tuple[Wave, ...]
    promised: tuple[Wave, ...]
    loose: tuple[Wave, ...]
    population: Population
    held: Held
    told: frozenset[str]
    passed: Mapping[str, date]
    """The night of each waiting mailbox that went by without it."""
    unplanned: frozenset[str]
    """Mailboxes for which there was no night."""

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows of all waves, in order."""
        waves = (*self.kept, *self.promised, *self.loose)
        return tuple(sorted((_window(wave) for wave in waves), key=lambda window: window.start))

    @property
    def nights(self) -> dict[str, date]:
        """The night of each mailbox that has one, by ExchangeGuid."""
        return {
            guid: wave.night for wave in (*self.kept, *self.promised, *self.loose) for guid in wave.mailboxes
        }


def standing(
    saved: Plan | None,
    everybody: Everybody,
    told: Collection[str],
    approved: Collection[str],
    now: datetime,
) -> Standing:
    """What stands *now* of the plan that was *saved*.

    *told* are the mailboxes whose people know their night, *approved* the names of waves that are approved.
    """
    known = frozenset(told)
    kept, promised, loose = [], [], []
    passed: dict[str, date] = {}
    for wave in saved.waves if saved else ():
        states = everybody.states(wave.mailboxes)
        if wave.window_end <= now and not states & ON_THE_WAY:
            kept.append(_without_waiting(wave, everybody))
            passed |= dict.fromkeys(everybody.waiting(wave.mailboxes), wave.night)
        elif states - AWAY:
            kept.append(wave)
        elif wave.id in approved or not known.isdisjoint(wave.mailboxes):
            promised.append(wave)
        else:
            loose.append(wave)
    return Standing(
        tuple(wave for wave in kept if wave.batches),
        tuple(promised),
        tuple(loose),
        *everybody.among(ON_THE_WAY | {MailboxState.WAITING}),
        known,
        passed,
        frozenset(guid for group in (saved.unplanned if saved else ()) for guid in group.mailboxes),
    )


def season_with(season: Season, found: Standing) -> Season:
    """*season* with the nights of waves that stand, where it has not got them itself."""
    known = {window.night for window in season.nights}
    more = [window for window in found.windows if window.night not in known]
    nights = tuple(sorted((*season.nights, *more), key=lambda window: window.start))
    return msgspec.structs.replace(season, nights=nights)


def late_nights(season: Season, first: datetime) -> Flags:
    """The nights of *season* of which people can no longer be told in time, when *first* is the first that can."""
    return np.array([window.start < first for window in season.nights], dtype=np.bool_)


def listed_nights(season: Season, found: Standing) -> Flags:
    """The nights of *season* that nobody may join, because the list of their wave stands."""
    taken = {wave.night for wave in (*found.kept, *found.promised)}
    return np.array([window.night in taken for window in season.nights], dtype=np.bool_)


def earlier_of(population: Population, season: Season, found: Standing) -> Earlier:
    """What stood, as columns of *population*."""
    place = {window.night: n for n, window in enumerate(season.nights)}
    night = np.full(population.size, NEW)
    left_out = population.places(guid_columns(sorted(found.unplanned)))
    night[left_out[left_out >= 0]] = NEVER
    begun, promised = np.zeros((2, population.size), dtype=np.bool_)
    for waves, flags in ((found.kept, begun), (found.promised, promised), (found.loose, None)):
        for wave in waves:
            rows = population.places(guid_columns(wave.mailboxes))
            rows = rows[rows >= 0]
            night[rows] = place[wave.night]
            if flags is not None:
                flags[rows] = True
    told = population.places(guid_columns(sorted(found.told)))
    promised[told[told >= 0]] = True
    return Earlier(night, promised & (night >= 0), begun, None)


def as_it_was(waves: Sequence[Wave], found: Standing, everybody: Everybody) -> list[Wave]:
    """*waves* with those of the saved plan in place of new ones that hold the same, and with those that are kept.

    Who does not wait does not count: he stays on the list of a promised wave, which is what was consented to.
    """
    kept = {wave.night: wave for wave in found.kept}
    promised = {wave.night: wave for wave in found.promised}
    loose = {wave.night: wave for wave in found.loose}
    new = [
        _same(_same(wave, promised.get(wave.night), everybody.waiting), loose.get(wave.night), list)
        for wave in waves
        if wave.night not in kept
    ]
    return sorted([*found.kept, *new], key=lambda wave: (wave.window_start, wave.id))


def _same(wave: Wave, before: Wave | None, counted: Callable[[Sequence[str]], list[str]]) -> Wave:
    """The wave *before* when it holds the same as *wave*, of those that are *counted*."""
    if before is None or _window(before) != _window(wave):
        return wave
    return before if {*counted(before.mailboxes)} == {*wave.mailboxes} else wave


def _without_waiting(wave: Wave, everybody: Everybody) -> Wave:
    """*wave*, which is over, without those who need another night."""
    waiting = {*everybody.waiting(wave.mailboxes)}
    batches = (
        Batch(batch.name, batch.site, tuple(guid for guid in batch.mailboxes if guid not in waiting))
        for batch in wave.batches
    )
    return msgspec.structs.replace(wave, batches=tuple(batch for batch in batches if batch.mailboxes))


def _window(wave: Wave) -> Window:
    return Window(wave.night, wave.window_start, wave.window_end)
