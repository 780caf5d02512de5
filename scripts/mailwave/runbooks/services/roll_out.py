"""Roll a service out to everybody, a tranche a day, at a pace that stays under the limits on writes.

What is in a group is read back and not joined again, so that a run that was killed goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from mailwave.core.intents import Outcome
from mailwave.core.licences import group_of
from mailwave.core.outcomes import ActPostponed, ActUnknown
from mailwave.core.reason import Reason
from mailwave.core.services.campaign import DAY, JOINING, Campaign
from mailwave.ports import Clock, Ledger
from mailwave.ports.roll_out import RollOutGroups
from mailwave.runbooks.acting import acting, close_cut_off
from mailwave.runbooks.wave.licences import AT_ONCE

ROLL_OUT = "service.roll-out"
AN_ACT = 1_000
"""People whose joining is one act."""

OURS = 0.9
"""The share of a limit that we take: others write in the directory too."""

AGAIN = timedelta(seconds=150)
"""How long to wait when the directory takes no more: as long as its window of writes is (fact C22)."""

LOOK = timedelta(hours=1)
"""Between looks whether group licensing is through."""


@dataclass(frozen=True)
class Person:
    """Somebody of *organisation*: their mailbox's ExchangeGuid, and their *key* in Entra."""

    guid: str
    key: str
    organisation: str


@dataclass(frozen=True)
class RolledOut:
    """How it went: who *joined* in this run, when the last did, and when group licensing was through."""

    joined: int
    all_joined: datetime
    all_licensed: datetime
    refused: int


@dataclass
class _Meter:
    """Keeps joining under the limits on writes."""

    clock: Clock
    seconds: float
    due: datetime | None = None

    def take(self, people: int) -> None:
        """Wait until so many may join."""
        now = self.clock.now()
        if self.due is not None and self.due > now:
            self.clock.sleep_until(self.due)
        self.due = max(self.due or now, now) + timedelta(seconds=self.seconds * people)


@dataclass(frozen=True)
class RollOut:
    """Carries out a campaign for the service *name*, through *groups*."""

    name: str
    clock: Clock
    ledger: Ledger
    groups: RollOutGroups
    reason: Reason
    say: Callable[[str], None]
    each_day: Callable[[int, int], None] = field(default=lambda *_: None)

    def run(self, plan: Campaign, people: Sequence[Person], begins: datetime) -> RolledOut:
        """Let everybody of *people* join, from *begins* on, and wait until group licensing is through."""
        close_cut_off(self.ledger, ROLL_OUT)
        meter = self._meter(plan)
        inside = {key for group in self.groups.names for key in self.groups.members(group)}
        joined = 0
        for day, some in self._days(plan, people):
            left = [each for each in some if each.key not in inside]
            if left:
                self.clock.sleep_until(max(begins + day * DAY, self.clock.now()))
                joined += self._join(left, meter)
                self.each_day(day, joined)
        all_joined = self.clock.now()
        self._settle({key for group in self.groups.names for key in self.groups.members(group)}, people)
        found = self.groups.processing()
        while not all(each.done for each in found.values()):
            self.clock.sleep_until(self.clock.now() + LOOK)
            found = self.groups.processing()
        return RolledOut(joined, all_joined, self.clock.now(), sum(each.refused for each in found.values()))

    def _meter(self, plan: Campaign) -> _Meter:
        slowest = min(pace.rate for pace in plan.paces if pace.name in JOINING)
        return _Meter(self.clock, float(1 / slowest) / OURS)

    def _days(self, plan: Campaign, people: Sequence[Person]) -> Iterator[tuple[int, Sequence[Person]]]:
        """Everybody by day, in the order of the plan's tranches."""
        order = sorted(people, key=lambda each: (each.organisation, each.guid))
        start = 0
        for tranche in plan.tranches(Counter(each.organisation for each in people)):
            yield tranche.day, order[start : start + tranche.people]
            start += tranche.people

    def _join(self, left: Sequence[Person], meter: _Meter) -> int:
        names = self.groups.names
        mine: dict[str, list[Person]] = {}
        for each in left:
            mine.setdefault(group_of(each.guid, names), []).append(each)
        for group, its in mine.items():
            for some in batched(its, AN_ACT):
                while not self._joined(group, some, meter):
                    self.clock.sleep_until(self.clock.now() + AGAIN)
        return len(left)

    def _joined(self, group: str, some: Sequence[Person], meter: _Meter) -> bool:
        """Let *some* join; joining again changes nothing, so what was put off or is in doubt is done again."""
        detail = {"group": group, "people": len(some), "first": some[0].guid, "last": some[-1].guid}
        subject = f"{self.name} {some[0].guid}"
        try:
            with acting(self.ledger, act=ROLL_OUT, subject=subject, reason=self.reason, detail=detail):
                for few in batched(some, AT_ONCE):
                    meter.take(len(few))
                    self.groups.join(group, [each.key for each in few])
        except (ActPostponed, ActUnknown) as error:
            self.say(f"{self.name}: {error}; done again")
            return False
        return True

    def _settle(self, inside: set[str], people: Sequence[Person]) -> None:
        """Say of every act whose outcome is unknown whether the first and the last of it are in."""
        keys: Mapping[str, str] = {each.guid: each.key for each in people}
        for intent in self.ledger.doubtful(ROLL_OUT):
            ends = {keys.get(str(intent.detail[end]), "") for end in ("first", "last")}
            outcome = Outcome.OK if ends <= inside else Outcome.FAILED
            self.ledger.outcome(intent.id, outcome, {"why": "read back"})
