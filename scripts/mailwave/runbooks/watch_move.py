"""Look at the whole move as operators do: tonight at every look, what changes by the day once a minute."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from mailwave.core.causes import Causes
from mailwave.core.estate import Organisation
from mailwave.core.intents import Intent, Outcome
from mailwave.core.overview import (
    Desk,
    Funnel,
    Governed,
    Hold,
    Night,
    Overview,
    Part,
    Remedy,
    Tonight,
    Trouble,
    burn_of,
    funnels,
    grouped,
    part,
    slots_of,
    together,
    tonight_of,
)
from mailwave.core.placement.granted import Granted
from mailwave.core.progress import Face, Tallies
from mailwave.core.states import MailboxState
from mailwave.core.stop_loss import Ring, ring_among
from mailwave.ports import Clock
from mailwave.ports.shown import Shown
from mailwave.runbooks.wave.governing import ACT as GOVERNED
from mailwave.runbooks.wave.holding import CONTACTS, HOLD, RESUME, is_stop
from mailwave.runbooks.wave.stop_loss import CALLED

SLOWLY = timedelta(minutes=1)
"""How old the figures may be that need a read of every organisation."""

_NAME_ENDS = re.compile(r"[:,(]")
"""What ends the code of a rule, or the name of a cause, where a reason begins with one."""


class _Slow(NamedTuple):
    """Figures that are read once in `SLOWLY`."""

    at: datetime
    troubles: tuple[Trouble, ...]
    regions: tuple[Funnel, ...]
    boards: tuple[Funnel, ...]
    by_board: tuple[Part, ...]


@dataclass
class WatchMove:
    """Reads the move in *environment*; *remedies* are those of readiness. One thread at a time may look."""

    environment: str
    clock: Clock
    ledger: Shown
    granted: Granted
    rings: tuple[Ring, ...]
    causes: Causes
    remedies: Mapping[str, Remedy]
    _slow: _Slow | None = field(default=None, init=False)

    def look(self) -> Overview:
        """Everything, as it is now."""
        now = self.clock.now()
        sites = self.ledger.dashboard(Face.SITE)
        waves = self.ledger.dashboard(Face.WAVE).tallies
        nights = self.ledger.nights()
        slow = self._slowly(now)
        return Overview(
            environment=self.environment,
            at=now,
            whole=together("all", sites.tallies.values()),
            tonight=self._tonight(nights, waves, now),
            sites=tuple(part(name, held) for name, held in sorted(sites.tallies.items())),
            slots=slots_of(sites.tallies, self.granted, self._governed(), now.date()),
            stalls=tuple(sites.stalls.items()),
            troubles=slow.troubles,
            holds=self._holds(),
            desk=self._desk(nights, waves),
            regions=slow.regions,
            boards=slow.boards,
            by_board=slow.by_board,
            burn=burn_of(nights, waves, now),
        )

    def _tonight(self, nights: Sequence[Night], waves: Tallies, now: datetime) -> Tonight | None:
        night = tonight_of(nights, now)
        if night is None:
            return None
        tallies = self.ledger.dashboard(Face.BATCH).tallies
        batches = (
            part(name, tallies.get(name, {}), site) for name, site in self.ledger.sites_of_batches(night.wave)
        )
        return Tonight(night, part(night.wave, waves.get(night.wave, {})), tuple(batches))

    def _slowly(self, now: datetime) -> _Slow:
        if self._slow is None or not timedelta() <= now - self._slow.at < SLOWLY:
            tallies = self.ledger.dashboard(Face.ORGANISATION).tallies
            bodies = self.ledger.organisations()
            unshown = self.ledger.put_off([name for name, each in self.remedies.items() if each.evidence])
            self._slow = _Slow(
                now,
                self._troubles(),
                funnels(tallies, unshown, bodies, _region),
                funnels(tallies, unshown, bodies, _board),
                grouped(tallies, bodies, _board),
            )
        return self._slow

    def _troubles(self) -> tuple[Trouble, ...]:
        counted: Counter[tuple[MailboxState, str]] = Counter()
        for state, why, number in self.ledger.reasons():
            counted[state, self._name(state, why)] += number
        return tuple(
            Trouble(state, name or "no reason given", number, *self._remedy(name)[:2])
            for (state, name), number in counted.most_common()
        )

    def _name(self, state: MailboxState, why: str) -> str:
        """What the reason *why* is called: the code that it begins with or, of a failure, the cause that it shows."""
        name = _NAME_ENDS.split(why, maxsplit=1)[0].strip()
        named = name in self.remedies or self.causes.named(name) is not None
        return name if named or state is not MailboxState.FAILED else self.causes.of(why).name

    def _remedy(self, name: str) -> Remedy:
        cause = self.causes.named(name)
        return Remedy(cause.owner, cause.remedy) if cause else self.remedies.get(name, Remedy("", ""))

    def _governed(self) -> dict[str, Governed]:
        """What the governor set last, by endpoint."""
        set_ = (each for each in self.ledger.intents(GOVERNED) if each.outcome is Outcome.OK)
        return {
            each.subject: Governed(int(each.detail["to"]["migrations"]), str(each.detail.get("why", "")))
            for each in set_
        }

    def _held(self) -> list[Intent]:
        """The holds that nobody has let go since, the last of each wave."""
        resumed = {each.subject: each.id for each in self.ledger.intents(RESUME)}
        held = {each.subject: each for each in self.ledger.intents(HOLD)}
        return [each for wave, each in sorted(held.items()) if each.id > resumed.get(wave, 0)]

    def _holds(self) -> tuple[Hold, ...]:
        return tuple(
            Hold(each.subject, str(each.detail.get("why", "held by an operator")), is_stop(each))
            for each in self._held()
        )

    def _desk(self, nights: Sequence[Night], waves: Tallies) -> tuple[Desk, ...]:
        """The waves of which the service desk has told, or in which something failed, the latest first."""
        contacts = {each.subject: int(each.detail[CONTACTS]) for each in self.ledger.intents(CALLED)}
        parts = [part(night.wave, waves.get(night.wave, {})) for night in nights]
        sizes = [(each.name, each.counts.planned) for each in parts]
        found = []
        for each in parts:
            if each.counts.failed or each.name in contacts:
                ring = ring_among(self.rings, sizes, each.name)
                size = each.counts.planned
                found.append(
                    Desk(
                        each.name,
                        ring.name,
                        contacts.get(each.name, 0),
                        ring.contacts.of(size),
                        each.counts.failed,
                        ring.failures.of(size),
                    )
                )
        return tuple(reversed(found))


def _region(body: Organisation) -> str:
    return body.region


def _board(body: Organisation) -> str:
    return body.icb
