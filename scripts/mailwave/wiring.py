"""The only file that joins faces and adapters: what a command needs, made from the settings of one environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from controls.catalogue import controls
from estate_schema import ConfigurationError, Endpoints, Estate, Limits, load_estate, load_limits
from estate_schema.endpoints import VARIABLE, endpoints_from_environment
from mailwave import rules
from mailwave.adapters.clock import SharedClock, SystemClock
from mailwave.adapters.event_log import VARIABLE as EVENTS_VARIABLE
from mailwave.adapters.event_log import EventLog
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import database_file
from mailwave.adapters.run_lock import run_lock
from mailwave.core.batches import Destination
from mailwave.core.events import Announce, Event, Kind, nowhere
from mailwave.core.play_table import PlayTable
from mailwave.core.reason import Reason
from mailwave.core.source import Inventory
from mailwave.core.stacks import StackBeat, StackReport
from mailwave.ports import Batches
from mailwave.runbooks.approve_waves import ApproveWaves
from mailwave.runbooks.batch_plays import ApplyBatchPlay
from mailwave.runbooks.check_estate import CheckEstate
from mailwave.runbooks.find_drift import FindDrift
from mailwave.runbooks.import_estate import ImportEstate
from mailwave.runbooks.plan_waves import PlanWaves
from mailwave.runbooks.prepare_sites import PrepareSites
from mailwave.runbooks.provision import Provision, TearDown
from mailwave.runbooks.site_plays import ApplyPlay, Sites, VerifySites
from mailwave.runbooks.take_account import TakeAccount
from mailwave.runbooks.take_baseline import TakeBaseline
from mailwave.runbooks.verify_moves import VerifyMoves
from mailwave.runbooks.wave.batches import Starter
from mailwave.runbooks.wave.completion import Completer
from mailwave.runbooks.wave.moves import Follower
from mailwave.runbooks.wave.notices import Teller
from mailwave.runbooks.wave.run import RunWaves
from mailwave.runbooks.withdraw_wave import WithdrawWave

if TYPE_CHECKING:  # each takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.ansible import OnBeat
    from mailwave.adapters.engine import Engine
    from mailwave.adapters.plays import Plays
    from mailwave.adapters.source import Progress, Source
    from mailwave.adapters.target import Target

ROOT = Path(__file__).resolve().parents[2]
"""The checkout: environments, infra and playbooks are beside the code that uses them."""

PLAYBOOKS = ROOT / "playbooks"

LEDGER_VARIABLE = "MAILWAVE_LEDGER"

Say = Callable[[str], None]
OnStackBeat = Callable[[StackBeat], None]


@dataclass(frozen=True)
class StackTelling:
    """How a face is told of the stacks: each *report*, each *line* of a recovery, each *beat* of an operation."""

    report: Callable[[StackReport], None]
    line: Say
    beat: OnStackBeat


@dataclass(frozen=True)
class Settings:
    """The data of one environment: its estate, its limits, and the address of its ledger."""

    environment: str
    estate: Estate
    limits: Limits
    ledger_url: str

    @classmethod
    def load(cls, environment: str) -> Settings:
        """Read the files of *environment*; raise `ConfigurationError` when they are not there or not right."""
        folder = ROOT / "environments"
        file = folder / f"estate.{environment}.yaml"
        known = sorted(path.name.split(".")[1] for path in folder.glob("estate.*.yaml"))
        if environment not in known:
            raise ConfigurationError(
                file="command line",
                key="--environment",
                problem=f"{environment!r} is not known",
                allowed=", ".join(known),
            )
        url = (
            os.environ.get(LEDGER_VARIABLE)
            or f"sqlite:///{quote(str(ROOT / 'build' / environment / 'ledger.db'))}"
        )
        return cls(environment, load_estate(file), load_limits(folder / f"limits.{environment}.yaml"), url)

    def endpoints(self) -> Endpoints:
        """Where the outside systems answer; raise `ConfigurationError` when they belong to another tenant."""
        found = endpoints_from_environment()
        if found.tenant != self.estate.tenant.id:
            raise ConfigurationError(
                file="endpoints",
                key="tenant",
                problem=f"is {found.tenant}, which is not the tenant of {self.environment}",
                allowed=self.estate.tenant.id,
            )
        return found

    def clock(self) -> SystemClock | SharedClock:
        """The machine's clock, or a rehearsal's while it is up, whichever environment it rehearses.

        No real environment's time can be moved: an endpoints file that has a clock and leads anywhere but to this
        machine is refused (`estate_schema.endpoints`).
        """
        url = self.endpoints().clock if VARIABLE in os.environ else None
        return SharedClock(str(url)) if url else SystemClock()

    def ledger(self) -> Ledger:
        """The ledger, opened; its folder is made where it is a file of this project's own build folder."""
        folder(self).mkdir(parents=True, exist_ok=True)
        return Ledger.open(self.ledger_url, self.clock().now)


def folder(settings: Settings) -> Path:
    """Where the files of an environment's runs are kept: beside a ledger that is a file, else in build/."""
    file = database_file(settings.ledger_url)
    return ROOT / "build" / settings.environment if file is None else file.parent


# --- infra


def _engine(settings: Settings, *, on_beat: OnStackBeat | None = None, dry_run: bool = True) -> Engine:
    from mailwave.adapters.engine import Engine

    return Engine(ROOT, settings.environment, dry_run=dry_run, on_beat=on_beat)


def provision(
    settings: Settings,
    ledger: Ledger,
    reason: Reason,
    *,
    layers: tuple[str, ...],
    dry_run: bool,
    telling: StackTelling,
) -> Provision:
    """The runbook that deploys *layers*."""
    engine = _engine(settings, on_beat=telling.beat, dry_run=dry_run)
    return Provision(engine, ledger, reason, telling.report, telling.line, layers)


def tear_down(
    settings: Settings, ledger: Ledger, reason: Reason, *, layer: str, dry_run: bool, telling: StackTelling
) -> TearDown:
    """The runbook that removes *layer*."""
    engine = _engine(settings, on_beat=telling.beat, dry_run=dry_run)
    return TearDown(engine, ledger, reason, layer, telling.line)


def find_drift(settings: Settings, *, layers: tuple[str, ...], telling: StackTelling) -> FindDrift:
    """The runbook that compares *layers* with the live values."""
    return FindDrift(_engine(settings, on_beat=telling.beat), telling.report, layers)


def stack_status(settings: Settings, *, layers: tuple[str, ...]) -> list[StackReport]:
    """What the state of each of *layers* holds."""
    engine = _engine(settings)
    return [engine.status(layer) for layer in layers]


# --- controls


def take_baseline(settings: Settings) -> TakeBaseline:
    """The runbook that holds the stacks and the tenant to the controls; it can change nothing."""
    from exchange_admin import connect
    from mailwave.adapters.graph import Graph
    from mailwave.adapters.tenant import LiveTenant

    endpoints, clock = settings.endpoints(), settings.clock()
    admin = connect.exchange_online(endpoints, dry_run=True, sleep=clock.sleep)
    tenant = LiveTenant(settings.environment, admin, Graph.connect(endpoints, clock.sleep))
    return TakeBaseline(clock, _engine(settings), tenant, controls())


# --- sites


def play_table() -> PlayTable:
    """Every play that there is."""
    from mailwave.adapters.play_files import load_plays

    return load_plays(PLAYBOOKS)


def apply_play(settings: Settings, ledger: Ledger, reason: Reason, *, on_beat: OnBeat) -> ApplyBatchPlay:
    """The runbook that runs a play that may change something; *on_beat* is told of each task on each server."""
    return ApplyBatchPlay(_apply(settings, ledger, reason, on_beat=on_beat), settings.clock())


def _apply(settings: Settings, ledger: Ledger, reason: Reason, *, on_beat: OnBeat) -> ApplyPlay:
    from mailwave.adapters.artifacts import ArtifactFolder
    from mailwave.adapters.play_files import source

    return ApplyPlay(
        _plays(settings, on_beat=on_beat),
        _sites(settings),
        play_table(),
        source(PLAYBOOKS),
        ArtifactFolder(folder(settings) / "artifacts"),
        ledger,
        reason,
    )


def verify_sites(settings: Settings, *, on_beat: OnBeat) -> VerifySites:
    """The runbook that runs plays that only read."""
    return VerifySites(_plays(settings, on_beat=on_beat, changing=False), _sites(settings), play_table())


def prepare_sites(settings: Settings, ledger: Ledger, reason: Reason, *, on_beat: OnBeat) -> PrepareSites:
    """The runbook that prepares the servers; *on_beat* is told of each task on each server."""
    return PrepareSites(_apply(settings, ledger, reason, on_beat=on_beat))


def _sites(settings: Settings) -> Sites:
    from mailwave.adapters.doors import Doors

    servers = {site.name: tuple(server.name for server in site.servers) for site in settings.estate.sites}
    return Sites(servers, Doors(settings.endpoints(), sleep=settings.clock().sleep))


def _plays(settings: Settings, *, on_beat: OnBeat | None = None, changing: bool = True) -> Plays:
    """The plays of the environment; those that are *changing* something are run by one command at a time."""
    from mailwave.adapters.ansible import Ansible
    from mailwave.adapters.plays import Plays

    inventory = ROOT / "environments" / f"estate.{settings.environment}.yaml"
    settings.endpoints()  # refuses another environment's before any play starts
    locks = folder(settings) / "locks" if changing else None
    ansible = Ansible(PLAYBOOKS, inventory, Path(os.environ[VARIABLE]), dry_run=False, locks=locks)
    return Plays(ansible, on_beat=on_beat)


# --- estate


def discover(settings: Settings, progress: Progress) -> Inventory:
    """Read every site, and keep what was read in the environment's folder; a reading that was killed goes on."""
    from mailwave.adapters.source_pages import PageFolder

    kept = folder(settings) / "discovery"
    pages = PageFolder(kept / "pages", settings.clock().now())
    with _source(settings) as source:
        inventory = source.inventory(progress, pages)
    kept.mkdir(parents=True, exist_ok=True)
    for name, content in inventory.files.items():
        (kept / name).write_bytes(content)
    pages.clear()
    return inventory


def _source(settings: Settings) -> Source:
    from mailwave.adapters.source import Source

    return Source.connect(settings.endpoints(), settings.estate, sleep=settings.clock().sleep)


def import_estate(settings: Settings, ledger: Ledger, reason: Reason) -> ImportEstate:
    """The runbook that takes an estate into the ledger."""
    return ImportEstate(ledger, settings.estate.site_of_server, reason)


def check_estate(settings: Settings, ledger: Ledger, reason: Reason) -> CheckEstate:
    """The runbook that judges every mailbox."""
    estate = settings.estate
    return CheckEstate(
        settings.clock(), ledger, rules.readiness(estate), estate.clients.evidence_days, reason
    )


# --- waves


def plan_waves(settings: Settings, ledger: Ledger, reason: Reason) -> PlanWaves:
    """The runbook that puts ready mailboxes into nights."""
    clock, estate = settings.clock(), settings.estate
    return PlanWaves(
        settings.environment,
        clock,
        ledger,
        rules.calendar(estate),
        rules.capacity(settings.limits, estate, clock.now().date()),
        rules.notices(estate),
        reason,
    )


def approve_waves(settings: Settings, ledger: Ledger, reason: Reason) -> ApproveWaves:
    """The runbook that records approvals."""
    return ApproveWaves(settings.clock(), ledger, reason)


def withdraw_wave(ledger: Ledger, reason: Reason) -> WithdrawWave:
    """The runbook that takes what is not started of a wave out."""
    return WithdrawWave(ledger, reason)


@contextmanager
def running_waves(settings: Settings, reason: Reason, *, most_skipped: int, say: Say) -> Iterator[RunWaves]:
    """The runbook that runs the waves, alone on its ledger."""
    with (
        run_lock(folder(settings) / "run.lock"),
        settings.ledger() as ledger,
        _source(settings) as source,
    ):
        announce = _announce(settings)
        target = _target(settings, dry_run=False, announce=announce)
        follower = Follower(ledger, source, target, reason, most_skipped, say, announce)
        yield RunWaves(
            settings.clock(),
            ledger,
            rules.notices(settings.estate),
            _teller(settings, ledger, reason, say),
            replace(_starter(settings, ledger, reason, say), announce=announce),
            follower,
            Completer(ledger, target, follower, reason, say),
            say,
            announce,
        )


def _announce(settings: Settings) -> Announce:
    """Where events go: to the log that is asked for by `MAILWAVE_EVENTS`, or nowhere."""
    where = os.environ.get(EVENTS_VARIABLE)
    return EventLog(where, settings.environment, settings.clock().now) if where else nowhere


def _target(settings: Settings, *, dry_run: bool, announce: Announce = nowhere) -> Target:
    from exchange_admin import connect
    from mailwave.adapters.target import Target

    admin = connect.exchange_online(
        settings.endpoints(),
        dry_run=dry_run,
        sleep=settings.clock().sleep,
        throttled=lambda cmdlet: announce(Event(Kind.THROTTLED, cmdlet, "put off by Exchange Online (429)")),
    )
    return Target(admin)


def _teller(settings: Settings, ledger: Ledger, reason: Reason, say: Say) -> Teller:
    from mailwave.adapters.notify import Notify

    notifier = Notify.connect(settings.endpoints(), sleep=settings.clock().sleep, dry_run=False)
    templates = rules.templates(settings.estate)
    return Teller(settings.environment, templates, ledger, notifier, reason, say)


def _starter(settings: Settings, ledger: Ledger, reason: Reason, say: Say) -> Starter:
    estate = settings.estate
    destination = Destination(
        settings.environment,
        estate.tenant.id,
        estate.tenant.routing_domain,
        {site.name: site.endpoint for site in estate.sites},
    )
    return Starter(ledger, _batches(settings), reason, folder(settings) / "manifests", destination, say)


def _batches(settings: Settings) -> Batches:
    from mailwave.adapters.play_batches import PlayBatches

    return PlayBatches(_plays(settings))


@contextmanager
def verifying(settings: Settings) -> Iterator[VerifyMoves]:
    """The runbook that reads every mailbox back; it can change nothing."""
    with settings.ledger() as ledger, _source(settings) as source:
        yield VerifyMoves(ledger, source, _target(settings, dry_run=True))


def take_account(ledger: Ledger) -> TakeAccount:
    """The runbook that counts."""
    return TakeAccount(ledger)
