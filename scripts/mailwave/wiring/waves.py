"""What the commands of wave need: runbooks over the ledger, the sites, the tenant and whoever sends notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from estate_schema import ConfigurationError
from estate_schema.causes import load_causes
from estate_schema.rings import load_rings
from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_engine import database_file
from mailwave.adapters.ledger_store import Store
from mailwave.adapters.ledger_workers import Lease, Leased
from mailwave.adapters.run_lock import run_lock
from mailwave.core.batches import Destination
from mailwave.core.causes import Causes
from mailwave.core.events import Announce, nowhere
from mailwave.core.planner import Wave
from mailwave.core.reason import Reason
from mailwave.core.stop_loss import Ring
from mailwave.ports import Batches
from mailwave.ports.durable import Durably
from mailwave.runbooks.approve_waves import ApproveWaves
from mailwave.runbooks.hold_wave import HoldWave
from mailwave.runbooks.take_account import TakeAccount
from mailwave.runbooks.verify_moves import VerifyMoves
from mailwave.runbooks.wave.batches import Starter
from mailwave.runbooks.wave.completion import Completer
from mailwave.runbooks.wave.licences import Licenser
from mailwave.runbooks.wave.moves import Follower
from mailwave.runbooks.wave.removal import Remover
from mailwave.runbooks.wave.run import RunWaves
from mailwave.runbooks.wave.stop_loss import StopLoss
from mailwave.runbooks.withdraw_wave import WithdrawWave
from mailwave.wiring import notices
from mailwave.wiring.alerts import announcing, throttled
from mailwave.wiring.estate import aftercare_sites, source_of
from mailwave.wiring.governing import governing_of
from mailwave.wiring.licences import group_limit, licence_groups
from mailwave.wiring.preflight import gate_of
from mailwave.wiring.settings import LEDGER_VARIABLE, ROOT, Say, Settings, folder, kept
from mailwave.wiring.sites import plays
from mailwave.wiring.telemetry import watching
from mailwave.wiring.vault import push_if_configured

ALONE = "alone"
"""The name of the worker behind `mailwave wave run`."""

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from estate_schema.endpoints import ApplicationCredential
    from exchange_admin import ExchangeAdmin
    from mailwave.adapters.plays import Sent
    from mailwave.adapters.target import Target


def approve_waves(settings: Settings, ledger: Ledger, reason: Reason) -> ApproveWaves:
    """The runbook that records approvals."""
    return ApproveWaves(settings.clock(), ledger, reason)


def withdraw_wave(ledger: Ledger, reason: Reason) -> WithdrawWave:
    """The runbook that takes what is not started of a wave out."""
    return WithdrawWave(ledger, reason)


def hold_wave(ledger: Ledger, reason: Reason, *, hold: bool) -> HoldWave:
    """The runbook that holds a wave, or lets it go on."""
    return HoldWave(ledger, reason, hold)


@contextmanager
def running_waves(
    settings: Settings, reason: Reason, *, say: Say, worker: str | None = None
) -> Iterator[RunWaves]:
    """The runbook that runs the waves: alone on its ledger, or as one *worker* of several on a PostgreSQL."""
    from mailwave.adapters.move_endpoints import MoveEndpoints
    from mailwave.adapters.target import Target

    with ExitStack() as stack:
        if worker is None:
            stack.enter_context(run_lock(folder(settings) / "run.lock"))
        name = worker or ALONE
        ledger, lease = stack.enter_context(opened_for(settings, name, reason))
        source = stack.enter_context(source_of(settings))
        watch = stack.enter_context(watching(settings, name, ledger))
        announce = watch.announce

        def mine[Port](port: Port) -> Port:
            return cast("Port", Leased(port, lease)) if lease else port

        admin = watch.over(admin_of(settings, dry_run=False, announce=announce, sent=watch.calls.sent))
        target, endpoints = mine(Target(admin)), mine(MoveEndpoints(admin))
        batches = mine(batches_of(settings, ledger, admin, watch.calls.sent))
        clock, causes = settings.clock(), causes_of()
        follower = Follower(clock, ledger, source, target, reason, causes, say, announce)
        destination, manifests = destination_of(settings), folder(settings) / "manifests"
        notifier = mine(notices.notifier(settings, dry_run=False))
        teller = notices.teller(settings, ledger, notifier, reason, say)
        yield RunWaves(
            clock,
            ledger,
            rules.notices(settings.estate),
            teller,
            Starter(ledger, batches, reason, manifests, destination, say, announce),
            follower,
            Completer(ledger, target, follower, reason, say),
            Licenser(ledger, mine(licence_groups(settings)), target, reason, say, group_limit(settings)),
            remover_of(settings, ledger, target, batches, reason, say),
            stop_loss(settings, ledger, reason, say, announce),
            say,
            announce,
            gate_of(settings, ledger, reason, say),
            remember=partial(remembered, settings, ledger, reason),
            archive=lambda: _archive(settings, say),
            read_back=notices.keep_reading_back(settings, teller),
            durably=durably(settings, name, lease),
            governing=governing_of(settings, ledger, endpoints, reason, say),
            telemetry=watch.telemetry,
        )


def _archive(settings: Settings, say: Say) -> None:
    """Send what is kept to the vault, where there is one; what goes wrong is said, and the next push sends it."""
    if said := push_if_configured(settings, strict=False):
        say(said)


def remembered(settings: Settings, ledger: Ledger, reason: Reason, wave: Wave) -> None:
    """Keep what the mailboxes of *wave* are, before the first is completed (docs/aftercare.md)."""
    from mailwave.runbooks.aftercare.snapshots import TakeSnapshot

    with aftercare_sites(settings, dry_run=True) as sites:
        TakeSnapshot(ledger, sites, kept(settings), reason).run(wave)


@contextmanager
def opened_for(settings: Settings, worker: str, reason: Reason) -> Iterator[tuple[Ledger, Lease | None]]:
    """The ledger, opened for *worker*, and its lease where others may work on the same ledger.

    Raises:
        AlreadyRunning: another process has that name.
        ConfigurationError: the ledger is a file, and the worker would not be alone.
    """
    is_file = database_file(settings.ledger_url) is not None
    if is_file and worker != ALONE:
        raise ConfigurationError(
            file="environment",
            key=LEDGER_VARIABLE,
            problem="names a file, and several workers cannot share one",
            allowed="the address of a PostgreSQL; or `mailwave wave run`, which works alone",
        )
    folder(settings).mkdir(parents=True, exist_ok=True)
    now = settings.clock().now
    store = Store(settings.ledger_url)
    with Ledger(store, now) as ledger, ledger.alone(f"worker {worker}"):
        if is_file:
            yield ledger, None
            return
        lease = Lease(store, now, worker, reason)
        with lease.kept():
            yield ledger, lease


def durably(settings: Settings, worker: str, peers: Lease | None) -> Durably:
    """What remembers how far each wave and batch is: DBOS, beside a ledger that is a file or in its PostgreSQL."""
    from mailwave.adapters.durable import Dbos, Scratch

    url = settings.ledger_url
    if database_file(url) is not None:
        url = f"sqlite:///{quote(str(folder(settings) / 'durable.db'))}"
    return Dbos(Scratch(url, worker), peers)


def stop_loss(settings: Settings, ledger: Ledger, reason: Reason, say: Say, announce: Announce) -> StopLoss:
    """What holds every wave when one is over the budget of its ring."""
    return StopLoss(ledger, rings_of(settings), reason, say, announce)


def rings_of(settings: Settings) -> tuple[Ring, ...]:
    """How much may go wrong in a wave of the environment, by its ring."""
    return rules.rings(load_rings(settings.rules / f"rings.{settings.environment}.yaml"))


def causes_of() -> Causes:
    """Why moves fail, in every environment."""
    return rules.causes(load_causes(ROOT / "environments" / "causes.yaml"))


def target_of(settings: Settings, *, dry_run: bool, announce: Announce = nowhere) -> Target:
    """Exchange Online, of which a *dry_run* only reads."""
    from mailwave.adapters.target import Target

    return Target(admin_of(settings, dry_run=dry_run, announce=announce))


def admin_of(
    settings: Settings,
    *,
    dry_run: bool,
    announce: Announce = nowhere,
    sent: Callable[[str], None] | None = None,
    application: ApplicationCredential | None = None,
) -> ExchangeAdmin:
    """The admin channel of Exchange Online, as *application*; *sent* is told of the cmdlet of each request."""
    from exchange_admin import connect

    return connect.exchange_online(
        settings.endpoints(),
        dry_run=dry_run,
        sleep=settings.clock().sleep,
        throttled=throttled(announce),
        sent=sent,
        application=application,
    )


def mender_of(settings: Settings, *, dry_run: bool) -> ExchangeAdmin:
    """The admin channel of Exchange Online as the application that may set moved mailboxes right."""
    mender = settings.endpoints().credentials.mender
    return admin_of(settings, dry_run=dry_run, announce=announcing(settings), application=mender)


def remover_of(
    settings: Settings, ledger: Ledger, target: Target, batches: Batches, reason: Reason, say: Say
) -> Remover:
    """What removes ended batches, so that the tenant never has more of them than it was granted."""
    grant = rules.granted(settings.limits, settings.estate).limits["batches"]
    return Remover(
        ledger,
        batches,
        target,
        kept(settings),
        reason,
        folder(settings) / "manifests",
        grant.on(settings.clock().now().date()),
        say,
    )


def destination_of(settings: Settings) -> Destination:
    """The tenant, and the migration endpoint of each site."""
    estate = settings.estate
    return Destination(
        settings.environment,
        estate.tenant.id,
        estate.tenant.routing_domain,
        {site.name: site.endpoint for site in estate.sites},
    )


def batches_of(
    settings: Settings, ledger: Ledger, admin: ExchangeAdmin | None = None, sent: Sent | None = None
) -> Batches:
    """Who starts, stops and completes whole batches, of mailboxes that *ledger* has in scope for them.

    *admin* is what the program itself does it with, where no play does; *sent* is told of the requests of plays.
    """
    from mailwave.adapters.scoped_batches import ManifestGate, ScopedBatches

    return ScopedBatches(driver_of(settings, admin, sent), ManifestGate(ledger))


def driver_of(settings: Settings, admin: ExchangeAdmin | None = None, sent: Sent | None = None) -> Batches:
    """Who drives them: the plays, or this program itself, as the estate file says."""
    if settings.estate.batches.through == "plays":
        from mailwave.adapters.play_batches import PlayBatches

        return PlayBatches(plays(settings, sent=sent))
    from mailwave.adapters.direct_batches import DirectBatches

    channel = admin or admin_of(settings, dry_run=False, announce=announcing(settings))
    return DirectBatches(channel, settings.estate.tenant.id, settings.clock().now)


@contextmanager
def verifying(settings: Settings) -> Iterator[VerifyMoves]:
    """The runbook that reads every mailbox back; it can change nothing."""
    with settings.ledger() as ledger, source_of(settings) as source:
        yield VerifyMoves(ledger, source, target_of(settings, dry_run=True), licence_groups(settings))


def take_account(ledger: Ledger) -> TakeAccount:
    """The runbook that counts."""
    return TakeAccount(ledger)
