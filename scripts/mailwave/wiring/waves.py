"""What the commands of wave need: runbooks over the ledger, the sites, the tenant and GOV.UK Notify."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.run_lock import run_lock
from mailwave.core.batches import Destination
from mailwave.core.events import Announce, nowhere
from mailwave.core.reason import Reason
from mailwave.ports import Batches
from mailwave.runbooks.approve_waves import ApproveWaves
from mailwave.runbooks.take_account import TakeAccount
from mailwave.runbooks.verify_moves import VerifyMoves
from mailwave.runbooks.wave.batches import Starter
from mailwave.runbooks.wave.completion import Completer
from mailwave.runbooks.wave.licences import Licenser
from mailwave.runbooks.wave.moves import Follower
from mailwave.runbooks.wave.notices import Teller
from mailwave.runbooks.wave.removal import Remover
from mailwave.runbooks.wave.run import RunWaves
from mailwave.runbooks.withdraw_wave import WithdrawWave
from mailwave.wiring.alerts import announcing, throttled
from mailwave.wiring.estate import source_of
from mailwave.wiring.licences import licence_groups
from mailwave.wiring.settings import Say, Settings, folder
from mailwave.wiring.sites import plays

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.target import Target


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
        ledger.alone("wave run"),
        source_of(settings) as source,
    ):
        announce = announcing(settings)
        target = target_of(settings, dry_run=False, announce=announce)
        follower = Follower(ledger, source, target, reason, most_skipped, say, announce)
        yield RunWaves(
            settings.clock(),
            ledger,
            rules.notices(settings.estate),
            _teller(settings, ledger, reason, say),
            replace(_starter(settings, ledger, reason, say), announce=announce),
            follower,
            Completer(ledger, target, follower, reason, say),
            Licenser(ledger, licence_groups(settings), target, reason, say),
            remover_of(settings, ledger, target, reason, say),
            say,
            announce,
        )


def target_of(settings: Settings, *, dry_run: bool, announce: Announce = nowhere) -> Target:
    """Exchange Online, of which a *dry_run* only reads."""
    from exchange_admin import connect
    from mailwave.adapters.target import Target

    admin = connect.exchange_online(
        settings.endpoints(),
        dry_run=dry_run,
        sleep=settings.clock().sleep,
        throttled=throttled(announce),
    )
    return Target(admin)


def _teller(settings: Settings, ledger: Ledger, reason: Reason, say: Say) -> Teller:
    from mailwave.adapters.notify import Notify

    notifier = Notify.connect(settings.endpoints(), sleep=settings.clock().sleep, dry_run=False)
    templates = rules.templates(settings.estate)
    return Teller(settings.environment, templates, ledger, notifier, reason, say)


def _starter(settings: Settings, ledger: Ledger, reason: Reason, say: Say) -> Starter:
    destination = destination_of(settings)
    return Starter(
        ledger, batches_of(settings, ledger), reason, folder(settings) / "manifests", destination, say
    )


def remover_of(settings: Settings, ledger: Ledger, target: Target, reason: Reason, say: Say) -> Remover:
    """What removes ended batches, so that the tenant never has more of them than it was granted."""
    from mailwave.adapters.artifacts import ArtifactFolder

    home = folder(settings)
    grant = rules.granted(settings.limits, settings.estate).limits["batches"]
    lapsed = settings.clock().now().date() > grant.last_day
    return Remover(
        ledger,
        batches_of(settings, ledger),
        target,
        ArtifactFolder(home / "artifacts"),
        reason,
        home / "manifests",
        grant.after() if lapsed else grant.before(),
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


def batches_of(settings: Settings, ledger: Ledger) -> Batches:
    """Who starts, stops and completes whole batches, of mailboxes that *ledger* has in scope for them."""
    from mailwave.adapters.scoped_batches import ManifestGate, ScopedBatches

    return ScopedBatches(driver_of(settings), ManifestGate(ledger))


def driver_of(settings: Settings) -> Batches:
    """Who drives them: the plays, or this program itself, as the estate file says."""
    if settings.estate.batches.through == "plays":
        from mailwave.adapters.play_batches import PlayBatches

        return PlayBatches(plays(settings))
    from exchange_admin import connect
    from mailwave.adapters.direct_batches import DirectBatches

    clock = settings.clock()
    admin = connect.exchange_online(
        settings.endpoints(), dry_run=False, sleep=clock.sleep, throttled=throttled(announcing(settings))
    )
    return DirectBatches(admin, settings.estate.tenant.id, clock.now)


@contextmanager
def verifying(settings: Settings) -> Iterator[VerifyMoves]:
    """The runbook that reads every mailbox back; it can change nothing."""
    with settings.ledger() as ledger, source_of(settings) as source:
        yield VerifyMoves(ledger, source, target_of(settings, dry_run=True), licence_groups(settings))


def take_account(ledger: Ledger) -> TakeAccount:
    """The runbook that counts."""
    return TakeAccount(ledger)
