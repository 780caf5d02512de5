"""Runs the engine over an estate of so many mailboxes in virtual time: real runbooks, ledger and plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from bench.evening.outside import EVERYBODY, PERMANENT, TRANSIENT, Clock, Fate, Outside, guid_of
from estate_schema import load_estate
from estate_schema.causes import load_causes
from estate_schema.notices import load_notices
from estate_schema.rings import load_rings
from mailwave import rules
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.durable_memory import in_memory
from mailwave.adapters.ledger import Ledger
from mailwave.core.batches import Destination
from mailwave.core.estate import Mailbox, Organisation
from mailwave.core.governor.govern import Governor
from mailwave.core.notice_pace import Quota
from mailwave.core.planner import Batch, Plan, Wave
from mailwave.core.reason import Reason
from mailwave.ports import Batches, Licences, Notifier, Source, Target
from mailwave.ports import Clock as ClockPort
from mailwave.ports.durable import Durably
from mailwave.ports.endpoints import Endpoints, Standing
from mailwave.runbooks.wave.batches import Starter
from mailwave.runbooks.wave.completion import Completer
from mailwave.runbooks.wave.governing import EndpointKeeper
from mailwave.runbooks.wave.governor_course import Governing
from mailwave.runbooks.wave.licences import Licenser
from mailwave.runbooks.wave.moves import Follower
from mailwave.runbooks.wave.notices import Teller
from mailwave.runbooks.wave.pacing import Pace
from mailwave.runbooks.wave.readers import Readers
from mailwave.runbooks.wave.removal import Remover
from mailwave.runbooks.wave.run import RunWaves
from mailwave.runbooks.wave.stop_loss import StopLoss

ROOT = Path(__file__).resolve().parents[2]
ESTATE = load_estate(ROOT / "environments" / "estate.rehearsal.yaml")
SITES = ESTATE.sites
CAUSES = rules.causes(load_causes(ROOT / "environments" / "causes.yaml"))
RINGS = rules.rings(load_rings(ROOT / "environments" / "rings.rehearsal.yaml"))
NOTICES = load_notices(ROOT / "environments" / "notices.yaml")
QUOTA = Quota(a_minute=3_000, a_day=250_000)
REASON = Reason(who="bench", source="bench", ticket="BENCH", text="an evening in virtual time")
CODE = "RR8"
BEGIN = datetime(2026, 9, 1, 6, tzinfo=UTC)
FIRST_NIGHT = date(2026, 9, 21)
OPENS, LASTS = timedelta(hours=19), timedelta(hours=10)


@dataclass(frozen=True)
class Shape:
    """So many *nights*, each of so many *batches* of *size* units, in *waves* that share the night."""

    nights: int
    batches: int
    size: int
    waves: int = 1

    @property
    def units(self) -> int:
        """How many there are in all."""
        return self.nights * self.batches * self.size


def drawn(number: int) -> Fate:
    """The fate of mailbox *number*: one in a hundred fails for good, one fails once, one is not copied in time."""
    draw = int.from_bytes(hashlib.blake2b(number.to_bytes(8), digest_size=8).digest())
    hours, minutes, chance = draw % 40 + 1, draw // 64 % 50 + 5, draw // 4096 % 200
    lasts = timedelta(days=30) if chance == 2 else timedelta(hours=hours)
    fails = {0: PERMANENT, 1: PERMANENT, 3: TRANSIENT}.get(chance, "")
    return Fate(lasts, timedelta(minutes=minutes), fails, once=chance == 3)


def plan_of(shape: Shape) -> Plan:
    """The plan of *shape*."""
    return Plan(
        tuple(
            _wave(shape, FIRST_NIGHT + timedelta(days=n), n, part)
            for n in range(shape.nights)
            for part in range(shape.waves)
        )
    )


def _wave(shape: Shape, night: date, n: int, part: int) -> Wave:
    opens = datetime.combine(night, datetime.min.time(), UTC) + OPENS
    places = range(shape.batches * part // shape.waves, shape.batches * (part + 1) // shape.waves)
    batches = tuple(_batch(shape, night, n * shape.batches + place) for place in places)
    return Wave(f"W{night:%Y%m%d}-{part}", night, opens, opens + LASTS, batches)


def _batch(shape: Shape, night: date, place: int) -> Batch:
    guids = tuple(guid_of(place * shape.size + each) for each in range(shape.size))
    return Batch(f"evening-{night:%Y%m%d}-{_site(place)}-{place}", _site(place), guids)


def _site(place: int) -> str:
    """The site of a batch: they take turns."""
    return SITES[place % len(SITES)].name


def fill(ledger: Ledger, shape: Shape) -> None:
    """Import the units, save their plan and approve it."""
    mailboxes = [_mailbox(n, _site(n // shape.size)) for n in range(shape.units)]
    ledger.import_estate([Organisation(CODE, "AN ORGANISATION", "trust")], mailboxes, [], REASON)
    plan = plan_of(shape)
    ledger.save_plan(plan, REASON)
    for wave in plan.waves:
        ledger.record_approval(wave.digest, wave.id, wave.window_end, REASON)


def _mailbox(n: int, site: str) -> Mailbox:
    return Mailbox(
        guid=guid_of(n),
        address=f"m{n}@evening.example",
        alias=f"m{n}",
        display_name=f"Person {n}",
        organisation=CODE,
        site=site,
        recipient_type="UserMailbox",
        legacy_dn=f"/o=NHSmail/cn=Recipients/cn=m{n}",
        server="EX01",
        database="DB01",
        size_bytes=1_000_000_000,
        items=10,
    )


def runner(
    ledger: Ledger,
    clock: ClockPort,
    outside: object,
    folder: Path,
    *,
    durably: Durably = in_memory,
    watch: timedelta = timedelta(minutes=10),
    say: Callable[[str], None] = lambda _: None,
    governing: Governing | None = None,
) -> RunWaves:
    """The runbook of `wave run`, for which *outside* is every port there is."""
    source, target = cast("Source", outside), cast("Target", outside)
    batches, licences = cast("Batches", outside), cast("Licences", outside)
    manifests = folder / "manifests"
    destination = Destination(
        "rehearsal",
        ESTATE.tenant.id,
        ESTATE.tenant.routing_domain,
        {site.name: site.endpoint for site in SITES},
    )
    follower = Follower(clock, ledger, source, target, REASON, CAUSES, say)
    notices = rules.notices(ESTATE)
    readers = Readers(ledger, rules.templates(NOTICES, {CODE: CODE}))
    pace = Pace(clock, ledger, notices, QUOTA)
    remover = Remover(
        ledger, batches, target, ArtifactFolder(folder / "artifacts"), REASON, manifests, 10**6, say
    )
    return RunWaves(
        clock,
        ledger,
        notices,
        Teller("rehearsal", readers, pace, ledger, cast("Notifier", outside), REASON, say),
        Starter(ledger, batches, REASON, manifests, destination, say),
        follower,
        Completer(ledger, target, follower, REASON, say),
        Licenser(ledger, licences, target, REASON, say, most_in_group=EVERYBODY),
        remover,
        StopLoss(ledger, RINGS, REASON, say),
        say,
        durably=durably,
        watch=watch,
        governing=governing,
    )


class _Endpoints:
    """The endpoints of an *outside*, where the port of licences has a method of the same name."""

    def __init__(self, outside: Any) -> None:
        self._outside = outside

    def standing(self) -> dict[str, Standing]:
        """Every endpoint by its name."""
        found: dict[str, Standing] = self._outside.endpoints()
        return found


def governing_of(ledger: Ledger, clock: ClockPort, outside: object) -> Governing:
    """What governs the endpoints of *outside*, of which nothing is to be set."""
    endpoints = cast("Endpoints", _Endpoints(outside))
    keeper = EndpointKeeper(ledger, endpoints, Governor({}), 0, REASON, lambda _: None)
    return Governing(clock, ledger, ledger, {site.name: site.endpoint for site in SITES}, lambda: keeper)


@contextmanager
def evening(
    folder: Path, shape: Shape, fate_of: Callable[[int], Fate] = drawn
) -> Iterator[tuple[Ledger, Outside, Clock]]:
    """An estate of *shape*, approved and told of nothing yet, in a ledger in *folder*."""
    clock = Clock(BEGIN)
    with Ledger.open(f"sqlite:///{folder / 'ledger.db'}", clock.now) as ledger:
        fill(ledger, shape)
        yield ledger, Outside(clock.now, fate_of), clock
