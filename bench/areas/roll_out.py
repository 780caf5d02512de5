"""A service for 1.2 million people in seven days, in virtual time: the real runbook over Graph's published limits.

Each person who joins is one write in the token buckets of the simulated Graph (fact C22); group licensing
gets to people at its own rate (fact C19). Nobody publishes whether 60,000 in 24 hours are meant for the tenant or for
each group: both readings are run, and only the first, which is the stricter, is planned on.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path

from bench.rows import Row
from mailwave.adapters.ledger import Ledger
from mailwave.core.reason import Reason
from mailwave.core.services.campaign import DAY, SPANS, Campaign, campaign
from mailwave.ports.roll_out import Processing
from mailwave.runbooks.services.roll_out import Person, RolledOut, RollOut
from rehearsal.clock import VirtualClock
from rehearsal.directory.options import Options as Directory
from rehearsal.estate import START
from rehearsal.graph.options import Options
from rehearsal.graph.throttle import Bucket

AREA = "roll_out"
PEOPLE, DAYS, MOST = 1_200_000, 7, 60_000
RATE = Directory().licences_an_hour
ORGANISATIONS = 22_000
REASON = Reason(who="bench", source="bench", ticket="BENCH", text="a roll-out in virtual time")
WINDOW = SPANS["graph_writes"]


@dataclass
class Time:
    """The virtual clock, as the runbook has it."""

    clock: VirtualClock

    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now

    def sleep_until(self, when: datetime) -> None:
        """Move on to *when*."""
        self.clock.advance_to(max(when, self.clock.now))


@dataclass
class National:
    """The groups of a tenant, its limits on writes and the queue of its group licensing, *rate* people an hour.

    *refusals* are 429s, *most_writes* the most in any window of the limit, *through* when the queue was empty last.
    """

    clock: VirtualClock
    names: tuple[str, ...]
    rate: int
    refusals: int = 0
    most_writes: int = 0
    waiting: float = 0.0
    through: datetime = START
    inside: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Fill what is reckoned with."""
        options = Options()
        self._limits = (
            Bucket(options.writes_of_an_application, WINDOW),
            Bucket(options.writes_of_the_tenant, SPANS["graph_writes_tenant"]),
        )
        self._writes: deque[tuple[datetime, int]] = deque()
        self._counted = 0
        self._at = self.clock.now
        self.inside = {name: set() for name in self.names}

    def members(self, group: str) -> set[str]:
        """Who is in a group."""
        return set(self.inside[group])

    def join(self, group: str, people: Sequence[str]) -> None:
        """Let people in, one write each; a refused request waits as long as it is told, as the client does."""
        while wait := self._refused(len(people)):
            self.refusals += 1
            self.clock.advance_to(self.clock.now + timedelta(seconds=wait))
        self.inside[group].update(people)
        self._count(len(people))
        self._flow()
        self.waiting += len(people)

    def processing(self) -> Mapping[str, Processing]:
        """How far group licensing is."""
        self._flow()
        return {name: Processing(self.waiting <= 0, 0) for name in self.names}

    def licensed(self) -> int:
        """How many people have it."""
        self._flow()
        return sum(map(len, self.inside.values())) - ceil(self.waiting)

    def _refused(self, people: int) -> float:
        """The seconds to wait until so many writes are taken; 0 where they are."""
        now = self.clock.now
        return max(limit.take(people, now, refused_count=True) or 0.0 for limit in self._limits)

    def _flow(self) -> None:
        """Take out of the queue whom licensing has got to since the last look."""
        now, before = self.clock.now, self.waiting
        hours = (now - self._at) / timedelta(hours=1)
        self.waiting = max(before - hours * self.rate, 0.0)
        if before and not self.waiting:
            self.through = self._at + timedelta(hours=before / self.rate)
        self._at = now

    def _count(self, people: int) -> None:
        now = self.clock.now
        self._writes.append((now, people))
        self._counted += people
        while self._writes[0][0] <= now - WINDOW:
            self._counted -= self._writes.popleft()[1]
        self.most_writes = max(self.most_writes, self._counted)


@dataclass(frozen=True)
class Lived:
    """How a roll-out went: its *plan*, what came of it, *days* until everybody had it, and how many *in_time*."""

    plan: Campaign
    done: RolledOut
    national: National
    days: float
    in_time: int


def rows() -> Iterator[Row]:
    """How long it takes under each reading, what binds, and how near the limit on writes it comes."""
    said = f"{PEOPLE:,} people of {ORGANISATIONS:,} organisations, virtual time"
    people = everybody(PEOPLE, ORGANISATIONS)
    began = time.process_time()
    strict = lived(people, RATE)
    took = time.process_time() - began
    loose = lived(people, RATE * strict.plan.groups)
    name = f"days, {strict.plan.limiting.name} binds"
    yield _against(
        name, f"{said}, 60,000 in 24 hours for the tenant", strict.days, DAYS, "seven days", "days"
    )
    yield _against(
        f"days, {loose.plan.limiting.name} binds",
        f"{said}, 60,000 in 24 hours for each of {strict.plan.groups} groups",
        loose.days,
        DAYS,
        "seven days",
        "days",
    )
    yield _against("people in seven days", said, strict.in_time, PEOPLE, "everybody", "people")
    yield Row(AREA, "lead that would keep seven days", said, strict.plan.lead, None, None, None, "days")
    most = strict.national.most_writes
    yield _against(
        "most writes in 150 s", said, most, Options().writes_of_an_application or 0, "fact C22", "writes"
    )
    yield Row(AREA, "refusals (429)", said, strict.national.refusals, None, None, None, "requests")
    yield Row(AREA, "processor time of one run", said, took, None, None, None, "s")


def everybody(people: int, organisations: int) -> list[Person]:
    """*people* of *organisations*, a few of them large."""
    codes = [f"O{number:05}" for number in range(organisations)]
    large = max(organisations // 100, 1)
    made = []
    for number in range(people):
        code = codes[number % large] if number % 2 else codes[number % organisations]
        guid = _guid(number)
        made.append(Person(guid, guid, code))
    return made


def lived(people: Sequence[Person], rate: int) -> Lived:
    """Roll out to *people*; group licensing gets to *rate* of them an hour."""
    granted = {"graph_writes": 3_000, "graph_writes_tenant": 18_000, "group_licences_an_hour": rate}
    plan = campaign(len(people), DAYS, granted, MOST)
    clock = VirtualClock(START)
    national = National(clock, tuple(f"teams-{number}" for number in range(plan.groups)), rate)
    in_time = Counter[str]()
    clock.call_at(START + DAYS * DAY, lambda: in_time.update(people=national.licensed()))
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger.open(f"sqlite:///{Path(folder) / 'ledger.db'}", lambda: clock.now) as ledger,
    ):
        runbook = RollOut("teams", Time(clock), ledger, national, REASON, lambda _: None)
        done = runbook.run(plan, people, START)
    days = (max(national.through, done.all_joined) - START) / DAY
    return Lived(plan, done, national, days, in_time["people"] or len(people))


def _guid(number: int) -> str:
    """A GUID whose remainders are spread evenly, and which costs nothing."""
    return f"{number * 2_654_435_761 % 2**32:08x}-0000-4000-8000-{number:012x}"


def _against(name: str, said: str, ours: float, other: float, what: str, unit: str) -> Row:
    return Row(AREA, name, said, ours, other, what, other / ours, unit)
