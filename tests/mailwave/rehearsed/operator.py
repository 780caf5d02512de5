"""One process of an operator on the rehearsed estate: real runbooks, ledger and clients, nothing kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from estate_schema import load_estate, load_limits, load_readiness
from estate_schema.causes import load_causes
from estate_schema.notices import load_notices
from estate_schema.rings import load_rings
from mailwave import rules
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.direct_batches import DirectBatches
from mailwave.adapters.discovery_store import DiscoveryStore
from mailwave.adapters.durable_memory import in_memory
from mailwave.adapters.evidence_files import read_evidence
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.signatures import Ed25519Verifier
from mailwave.adapters.target import Target
from mailwave.core.account import Account
from mailwave.core.batches import Destination
from mailwave.core.causes import Causes
from mailwave.core.courses import Course, Step
from mailwave.core.discovery.found import inventory
from mailwave.core.notice_pace import Quota
from mailwave.core.placement.granted import Grant, Granted
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.stop_loss import Ring
from mailwave.ports.durable import Durable, Durably, Find
from mailwave.runbooks import verify_moves
from mailwave.runbooks.approve_items import ApproveItems
from mailwave.runbooks.approve_waves import ApproveWaves
from mailwave.runbooks.check_estate import CheckEstate
from mailwave.runbooks.discover_estate import DiscoverEstate
from mailwave.runbooks.import_estate import EstateFiles, ImportEstate
from mailwave.runbooks.plan_waves import PlanWaves
from mailwave.runbooks.take_account import TakeAccount
from mailwave.runbooks.verify_moves import VerifyMoves
from mailwave.runbooks.wave.batches import Starter
from mailwave.runbooks.wave.completion import Completer
from mailwave.runbooks.wave.crew import nothing_to_remember
from mailwave.runbooks.wave.licences import Licenser
from mailwave.runbooks.wave.moves import Follower
from mailwave.runbooks.wave.notices import Teller
from mailwave.runbooks.wave.pacing import Pace
from mailwave.runbooks.wave.readers import LocalAdministrator, Readers
from mailwave.runbooks.wave.removal import Remover
from mailwave.runbooks.wave.run import RunWaves
from mailwave.runbooks.wave.stop_loss import StopLoss
from rehearsal.estate import GIB
from tests.mailwave.rehearsed.boundary import Boundary, Guarded
from tests.mailwave.rehearsed.services import Services, Time, ods_exports

ROOT = Path(__file__).resolve().parents[3]
ESTATE = load_estate(ROOT / "environments" / "estate.rehearsal.yaml")
BOOK = rules.readiness(ESTATE, load_readiness(ROOT / "environments" / "readiness.yaml"))
CAUSES = rules.causes(load_causes(ROOT / "environments" / "causes.yaml"))
RINGS = rules.rings(load_rings(ROOT / "environments" / "rings.rehearsal.yaml"))
NOTICES = load_notices(ROOT / "environments" / "notices.yaml")
REASON = Reason(who="a.person", source="test", ticket="CHG0001", text="the whole move")
GRANTED = Granted(
    "test",
    {"mailboxes_a_night": Grant(15), "bytes_a_night": Grant(400 * GIB)},
    rules.granted(load_limits(ROOT / "environments" / "limits.rehearsal.yaml"), ESTATE).places,
    batch_size=10,
    notice_days=14,
)
"""Small enough for three nights, with two batches in the first."""

QUOTA = Quota(a_minute=3_000, a_day=225_000)

MOST_SKIPPED = 5
"""Of the two mailboxes with the score Investigate, one has more skipped items than this and one has not."""

LEDGER_WRITES = frozenset(
    {
        *("import_estate", "move_state", "save_plan", "record_approval", "intent", "outcome"),
        *("reserve_notices", "settle_notices", "record_poll", "amend_estate"),
    }
)


@dataclass
class Operator:
    """Runs commands on *services* with a ledger in *folder*; *said* is what it told its user."""

    services: Services
    folder: Path
    boundary: Boundary = field(default_factory=Boundary)
    granted: Granted = GRANTED
    most_skipped: int = MOST_SKIPPED
    most_batches: int = 100
    rings: tuple[Ring, ...] = RINGS
    causes: Causes = CAUSES
    quota: Quota = QUOTA
    administrators: tuple[LocalAdministrator, ...] = ()
    durably: Durably = in_memory
    said: list[str] = field(default_factory=list)
    remember: Callable[[Wave], object] = nothing_to_remember

    @property
    def clock(self) -> Time:
        """The time of the services."""
        return Time(self.services.clock, self.boundary)

    @contextmanager
    def ledger(self) -> Iterator[Any]:
        """The ledger, open for the time of the block, however that ends."""
        url = f"sqlite:///{self.folder / 'ledger.db'}"
        with Ledger.open(url, self.clock.now) as ledger:
            yield Guarded(ledger, LEDGER_WRITES, self.boundary)

    def prepare(self) -> None:
        """`estate discover`, `estate check`, `wave plan`, `wave approve`."""
        self.discover()
        self.check()
        self.plan()
        self.approve()

    def everything(self) -> Account:
        """Every command of the journey, in order; it may be begun again after any kill."""
        self.prepare()
        self.run()
        _, findings = self.verify()
        assert [] == findings
        return self.account()

    def discover(self) -> None:
        """`estate discover`."""
        with self.ledger() as ledger:
            runbook = ImportEstate(ledger, ESTATE.site_of_server, REASON)
            if runbook.is_done():
                return
            store = DiscoveryStore(self.folder / "discovery", "rehearsal")
            discovery = DiscoverEstate(self.clock, store, tuple(self.services.sites))
            with self.services.reading(store) as source:
                found = inventory(discovery.run(discovery.prepare(), [source.read]))
            files = EstateFiles(ods_exports(), found.mailboxes, found.statistics, found.permissions)
            runbook.run(runbook.prepare(files))

    def check(self) -> None:
        """`estate check`."""
        with self.ledger() as ledger:
            days = ESTATE.clients.evidence_days
            runbook = CheckEstate(self.clock, ledger, BOOK, days, Ed25519Verifier(), REASON)
            logs = self.services.logs(self.folder / "client-logs")
            evidence = read_evidence(self.services.evidence(self.folder / "evidence"))
            runbook.run(runbook.prepare(logs, evidence))

    def plan(self) -> None:
        """`wave plan`."""
        with self.ledger() as ledger:
            runbook = PlanWaves(
                "rehearsal",
                self.clock,
                ledger,
                lambda first: rules.season(ESTATE, first, 365),
                self.granted,
                rules.notices(ESTATE),
                REASON,
            )
            runbook.run(runbook.prepare())

    def approve(self) -> None:
        """`wave approve`."""
        with self.ledger() as ledger:
            runbook = ApproveWaves(self.clock, ledger, REASON)
            runbook.run(runbook.prepare(()))

    def run(self) -> None:
        """`wave run`."""
        with self.running() as runbook:
            runbook.run()

    @contextmanager
    def running(self, **replaced: Any) -> Iterator[RunWaves]:
        """The runbook behind `wave run`; *replaced* are ports that a test takes over."""
        with ExitStack() as stack:
            ledger = stack.enter_context(self.ledger())
            source = stack.enter_context(self.services.source())
            admin = stack.enter_context(self.services.cloud(self.boundary))
            ports: Mapping[str, Any] = {
                "target": Target(admin),
                "batches": DirectBatches(admin, ESTATE.tenant.id, self.clock.now),
                "notifier": self.services.notifier(self.boundary),
                "licences": self.services.licences(self.boundary),
            } | replaced
            say = self._person(ledger, ports["target"])
            follower = Follower(self.clock, ledger, source, ports["target"], REASON, self.causes, say)
            yield RunWaves(
                self.clock,
                ledger,
                rules.notices(ESTATE),
                self._teller(ledger, ports["notifier"]),
                self._starter(ledger, ports["batches"]),
                follower,
                Completer(ledger, ports["target"], follower, REASON, say),
                Licenser(ledger, ports["licences"], ports["target"], REASON, say),
                self.remover(ledger, ports["batches"], ports["target"]),
                StopLoss(ledger, self.rings, REASON, say),
                say,
                remember=self.remember,
                durably=self._checkpoints,
            )

    def _person(self, ledger: Any, target: Any) -> Callable[[str], None]:
        """Who reads what is said, and agrees to the loss of a few items, but not of many."""
        approving = ApproveItems(
            self.clock, ledger, target, ArtifactFolder(self.folder / "artifacts"), REASON
        )

        def say(text: str) -> None:
            self.said.append(text)
            if "wait for an approval of exactly" in text:
                for wave in ledger.plan().waves:
                    waiting = approving.prepare(wave.id)
                    approving.run(wave.id, [each for each in waiting if each.shown <= self.most_skipped])

        return say

    @contextmanager
    def _checkpoints(self, find: Find) -> Iterator[Durable]:
        """The durable engine, with a boundary before it records the end of a step, and one after."""

        def bounded(step: Step) -> Step:
            begun: list[bool] = []

            def take() -> datetime | None:
                if not begun:
                    self.boundary.cross(f"after what came before {step.name}")
                    begun.append(True)
                due = step.take()
                if due is None:
                    self.boundary.cross(f"before the end of {step.name} is recorded")
                return due

            return Step(step.name, take)

        def found(course: str) -> Course:
            made = find(course)
            return Course(made.id, [bounded(step) for step in made.steps])

        with self.durably(found) as durable:
            yield durable

    def remover(self, ledger: Any, batches: Any, target: Any) -> Remover:
        """What makes room for new batches."""
        artifacts = ArtifactFolder(self.folder / "artifacts")
        manifests = self.folder / "manifests"
        return Remover(
            ledger, batches, target, artifacts, REASON, manifests, self.most_batches, self.said.append
        )

    def _teller(self, ledger: Any, notifier: Any) -> Teller:
        names = {body.code: body.name for body in ledger.organisations()}
        readers = Readers(ledger, rules.templates(NOTICES, names), self.administrators)
        pace = Pace(self.clock, ledger, rules.notices(ESTATE), self.quota)
        return Teller("rehearsal", readers, pace, ledger, notifier, REASON, self.said.append)

    def _starter(self, ledger: Any, batches: Any) -> Starter:
        destination = Destination(
            "rehearsal",
            ESTATE.tenant.id,
            ESTATE.tenant.routing_domain,
            {site.name: site.endpoint for site in ESTATE.sites},
        )
        return Starter(ledger, batches, REASON, self.folder / "manifests", destination, self.said.append)

    def verify(self) -> tuple[int, list[verify_moves.Finding]]:
        """`wave verify`."""
        with (
            self.ledger() as ledger,
            self.services.source() as source,
            self.services.cloud(Boundary(), dry_run=True) as admin,
        ):
            licences = self.services.licences(Boundary())
            return VerifyMoves(ledger, source, Target(admin), licences).run()

    def account(self) -> Account:
        """`wave account`."""
        with self.ledger() as ledger:
            return TakeAccount(ledger).run()
