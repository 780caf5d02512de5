"""What the held waves keep waiting: people at Synced, the incremental slots they take, and how long that lasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from mailwave.core.keeping_synced import delta_slots, stop_date
from mailwave.core.notices import Milestone, NoticeRules
from mailwave.core.placement.granted import Grant, Granted
from mailwave.core.planner import Wave
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger
from mailwave.runbooks.wave.holding import holds, is_stop


class HeldPart(NamedTuple):
    """The mailboxes of a held *wave* that are *synced* behind one *endpoint*.

    They take *slots* of the *granted* incremental slots. The service stops them on the day *stops* at the earliest.
    *why* is it held: by whom, or for which wave's budget.
    """

    wave: str
    why: str
    endpoint: str
    synced: int
    slots: float
    granted: int
    stops: date


@dataclass(frozen=True)
class HeldWaves:
    """Show what is held, by what was *granted*."""

    clock: Clock
    ledger: Ledger
    rules: NoticeRules
    granted: Granted

    def run(self) -> list[HeldPart]:
        """The parts of held waves, in the order of their nights; none where nothing is held or nothing synced."""
        held, plan = holds(self.ledger), self.ledger.plan()
        stops = [wave for wave, hold in held.items() if is_stop(hold)]
        synced = Counter(
            (record.wave, self.granted.place(record.mailbox.site).endpoint)
            for record in self.ledger.mailboxes(MailboxState.SYNCED)
        )
        return [
            part
            for wave in (plan.waves if plan else ())
            if stops or wave.id in held
            for part in self._parts(wave, _why(wave.id, stops), synced)
        ]

    def _parts(self, wave: Wave, why: str, synced: Counter[tuple[str | None, str]]) -> Iterator[HeldPart]:
        seconds, days = self._figure("seconds_an_increment"), self._figure("days_synced")
        for endpoint in sorted({each for of, each in synced if of == wave.id}):
            number = synced[wave.id, endpoint]
            yield HeldPart(
                wave.id,
                why,
                endpoint,
                number,
                delta_slots(number, seconds),
                self._figure("incremental_syncs", endpoint),
                stop_date(self.rules.due(Milestone.TWO_WEEKS, wave.night) or wave.window_start, days),
            )

    def _figure(self, name: str, endpoint: str | None = None) -> int:
        """What may be counted on today of the limit *name*; of an endpoint, the most of its sites."""
        grant = self.granted.limits.get(name, Grant(0))
        today = self.clock.now().date()
        return max((grant.on(today, site) for site in self.granted.behind(endpoint)), default=grant.on(today))


def _why(wave: str, stops: list[str]) -> str:
    return f"over budget: {', '.join(stops)}" if stops else f"held by `mailwave wave hold -w {wave}`"
