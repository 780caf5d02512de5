"""How fast notices go out: under the quota of a minute and of a day, and two weeks' notice day by day as scheduled."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailwave.core.calendar import local_moment
from mailwave.core.notice_pace import Quota, Tally
from mailwave.core.notice_schedule import Schedule, schedule
from mailwave.core.notices import Milestone, NoticeRules, has_reader
from mailwave.core.planner import Wave
from mailwave.core.states import MailboxState
from mailwave.ports import Clock, Ledger

RETRY = timedelta(hours=1)
"""After a service that takes nothing now, though it should have room."""


@dataclass
class Pace:
    """Lets notices out under *quota*; what went out before this process began is counted by *ledger*."""

    clock: Clock
    ledger: Ledger
    rules: NoticeRules
    quota: Quota
    _tally: Tally | None = field(default=None, init=False)
    _schedule: Schedule | None = field(default=None, init=False)
    _untold: dict[str, int] = field(default_factory=dict, init=False)

    def room(self) -> int:
        """How many notices may go out now, after a wait for the minute where that is full; 0 when the day is."""
        if self._tally is None:
            now = self.clock.now()
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            self._tally = Tally(self.quota, now, self.ledger.notices_since(midnight))
        while not (room := self._tally.room(now := self.clock.now())):
            opens = self._tally.opens(now)
            if opens.date() != now.date():
                return 0
            self.clock.sleep_until(opens)
        return room

    def count(self, number: int) -> None:
        """Count *number* notices that were offered to the service just now."""
        assert self._tally is not None, "nothing is offered before there was found to be room"  # noqa: S101
        self._tally.count(self.clock.now(), number)

    def tomorrow(self) -> datetime:
        """When notices go out on the next day."""
        day = self.clock.now().astimezone(ZoneInfo(self.rules.zone)).date() + timedelta(days=1)
        return local_moment(self.rules.zone, day, self.rules.at)

    def later(self) -> datetime:
        """When to offer again what the service did not take."""
        return self.clock.now() + RETRY

    def begins(self, wave: Wave) -> datetime | None:
        """When the first people of *wave* are to be told of it; None where all were."""
        day = self._scheduled().begins(wave.night)
        return None if day is None else local_moment(self.rules.zone, day, self.rules.at)

    def share(self, milestone: Milestone, wave: Wave, untold: int) -> int:
        """How many of the *untold* people of *wave* may hear of *milestone* by the end of today."""
        if milestone is not Milestone.TWO_WEEKS:
            return untold
        found, today = self._scheduled(), self.clock.now().astimezone(ZoneInfo(self.rules.zone)).date()
        before = self._untold.get(wave.id, 0)
        return found.share(wave.night, today, owed=self.rules.days, before=before, untold=untold)

    def _scheduled(self) -> Schedule:
        """The schedule of what this process found untold when it first asked."""
        if self._schedule is None:
            plan = self.ledger.plan()
            waves = plan.waves if plan else ()
            self._untold = {wave.id: self._count(wave) for wave in waves}
            self._schedule = schedule(
                {wave.night: self._untold[wave.id] for wave in waves},
                first=self.clock.now().astimezone(ZoneInfo(self.rules.zone)).date(),
                owed=self.rules.days,
                a_day=self.quota.a_day,
                planned={wave.night: len(wave.mailboxes) for wave in waves},
            )
        return self._schedule

    def _count(self, wave: Wave) -> int:
        told = self.ledger.notices_of(Milestone.TWO_WEEKS, wave.mailboxes, wave.night)
        return sum(
            record.state is MailboxState.WAITING
            and has_reader(record.mailbox)
            and record.mailbox.guid not in told
            for record in self.ledger.mailboxes(wave=wave.id)
        )
