"""What the commands of aftercare need: both sides, the licence groups, and what was kept of the waves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.ledger import Ledger
from mailwave.core.reason import Reason
from mailwave.runbooks.aftercare.accept import Accept
from mailwave.runbooks.aftercare.check import Checker
from mailwave.runbooks.aftercare.repair import Repairer
from mailwave.runbooks.aftercare.snapshots import Snapshots, TakeSnapshot
from mailwave.wiring.alerts import announcing, throttled
from mailwave.wiring.licences import licence_groups
from mailwave.wiring.settings import Say, Settings, folder
from mailwave.wiring.waves import target_of

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.aftercare_cloud import AftercareTenant
    from mailwave.adapters.aftercare_site import AftercareSites


@dataclass(frozen=True)
class Care:
    """The runbooks of one environment over its *ledger*, both *sites* and *tenant*."""

    settings: Settings
    ledger: Ledger
    sites: AftercareSites
    tenant: AftercareTenant
    kept: ArtifactFolder
    reason: Reason
    say: Say

    def snapshot(self, *, every_folder: bool) -> TakeSnapshot:
        """The runbook that keeps what a wave is before it moves."""
        return TakeSnapshot(self.ledger, self.sites, self.kept, self.reason, every_folder)

    def checker(self) -> Checker:
        """The runbook that looks at a wave after its move."""
        return Checker(
            self.settings.clock(),
            self.ledger,
            Snapshots(self.ledger, self.kept),
            self.sites,
            self.tenant,
            licence_groups(self.settings),
            target_of(self.settings, dry_run=True).moves,
            self.kept,
            self.settings.estate.tenant.routing_domain,
            self.reason,
        )

    def repairer(self) -> Repairer:
        """The runbook that mends what the other one finds."""
        licences = licence_groups(self.settings)
        return Repairer(self.ledger, self.checker(), self.sites, self.tenant, licences, self.reason, self.say)


@contextmanager
def caring(
    settings: Settings, reason: Reason, say: Say, *, dry_run: bool, thorough: bool = False
) -> Iterator[Care]:
    """The runbooks; in a *dry_run* neither side can be changed. *thorough*: Full Access is read of everybody."""
    from exchange_admin import connect
    from mailwave.adapters.aftercare_cloud import AftercareTenant
    from mailwave.adapters.aftercare_site import AftercareSites

    endpoints, sleep = settings.endpoints(), settings.clock().sleep
    with ExitStack() as stack:
        ledger = stack.enter_context(settings.ledger())
        sites = {
            site.name: stack.enter_context(
                connect.on_premises(endpoints, site.name, dry_run=dry_run, sleep=sleep)
            )
            for site in settings.estate.sites
        }
        admin = connect.exchange_online(
            endpoints, dry_run=dry_run, sleep=sleep, throttled=throttled(announcing(settings))
        )
        yield Care(
            settings,
            ledger,
            AftercareSites(sites),
            AftercareTenant(admin, thorough=thorough),
            ArtifactFolder(folder(settings) / "artifacts"),
            reason,
            say,
        )


def accept(settings: Settings, ledger: Ledger, reason: Reason) -> Accept:
    """The runbook that declares exceptions."""
    return Accept(settings.clock(), ledger, reason)
