"""What the commands of aftercare need: both sides, the licence groups, and what was kept of the waves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from estate_schema import load_readiness
from mailwave import rules
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.ledger import Ledger
from mailwave.core.estate import Mailbox
from mailwave.core.reason import Reason
from mailwave.core.services.table import Joins, Service, is_for_any
from mailwave.runbooks.aftercare.accept import Accept
from mailwave.runbooks.aftercare.around import AroundWaves
from mailwave.runbooks.aftercare.check import Checker
from mailwave.runbooks.aftercare.kept_moves import KeptMoves
from mailwave.runbooks.aftercare.licences import LookAtLicences
from mailwave.runbooks.aftercare.repair import Repairer
from mailwave.runbooks.aftercare.snapshots import Snapshots, TakeSnapshot
from mailwave.runbooks.aftercare.tidy import Tidier
from mailwave.wiring.alerts import announcing
from mailwave.wiring.estate import all_sites
from mailwave.wiring.licences import group_limit, groups_called, licence_groups
from mailwave.wiring.preflight import both_halves
from mailwave.wiring.services import services_of
from mailwave.wiring.settings import ROOT, Say, Settings, kept
from mailwave.wiring.waves import mender_of, target_of

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.aftercare_cloud import AftercareTenant
    from mailwave.adapters.aftercare_site import AftercareSites
    from mailwave.adapters.leftovers_cloud import LeftoversInTenant
    from mailwave.adapters.leftovers_site import LeftoversAtSites


@dataclass(frozen=True)
class Care:
    """The runbooks of one environment over its *ledger*, both *sites* and *tenant*; *left* are what both have left."""

    settings: Settings
    ledger: Ledger
    sites: AftercareSites
    tenant: AftercareTenant
    left: tuple[LeftoversAtSites, LeftoversInTenant]
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
            KeptMoves(self.ledger, self.kept, target_of(self.settings, dry_run=True).moves),
            self.kept,
            self.settings.estate.tenant.routing_domain,
            self.reason,
            around(self.settings),
        )

    def repairer(self) -> Repairer:
        """The runbook that mends what the other one finds."""
        licences = licence_groups(self.settings)
        return Repairer(self.ledger, self.checker(), self.sites, self.tenant, licences, self.reason, self.say)

    def tidier(self) -> Tidier:
        """The runbook that removes what moved mailboxes left behind."""
        return Tidier(self.ledger, *self.left, self.kept, self.reason, self.say)


@contextmanager
def caring(
    settings: Settings, reason: Reason, say: Say, *, dry_run: bool, thorough: bool = False
) -> Iterator[Care]:
    """The runbooks; in a *dry_run* neither side can be changed. *thorough*: Full Access is read of everybody."""
    from mailwave.adapters.aftercare_cloud import AftercareTenant
    from mailwave.adapters.aftercare_site import AftercareSites
    from mailwave.adapters.leftovers_cloud import LeftoversInTenant
    from mailwave.adapters.leftovers_site import LeftoversAtSites

    with settings.ledger() as ledger, all_sites(settings, dry_run=dry_run) as sites:
        admin = mender_of(settings, dry_run=dry_run)
        tenant = AftercareTenant(admin, thorough=thorough)
        left = LeftoversAtSites(sites), LeftoversInTenant(admin)
        yield Care(settings, ledger, AftercareSites(sites), tenant, left, kept(settings), reason, say)


def around(settings: Settings) -> AroundWaves:
    """What reads both halves and where the mail domain leads."""
    from mailwave.adapters.name_service import NameService

    book = rules.readiness(settings.estate, load_readiness(ROOT / "environments" / "readiness.yaml"))
    names = NameService.of(settings.endpoints())
    return AroundWaves(
        both_halves(settings), names.leads if names else None, frozenset(book.figures.autodiscover)
    )


def look_at_licences(settings: Settings, ledger: Ledger, reason: Reason) -> LookAtLicences:
    """The runbook that forecasts seats and watches who is without one."""
    return LookAtLicences(
        settings.clock(),
        ledger,
        licence_groups(settings),
        kept(settings),
        reason,
        group_limit(settings),
        announcing(settings),
        given_by_services(settings),
    )


def given_by_services(settings: Settings) -> dict[str, Callable[[Mailbox], bool]]:
    """The licences that services give by a group, each with whom they are for."""
    wanted: dict[str, list[Service]] = {}
    for service in services_of():
        if isinstance(service.how, Joins):
            groups = groups_called(settings, service.how.groups, "services.yaml", "groups")
            for sku in set(groups.given().values()):
                wanted.setdefault(sku, []).append(service)
    return {sku: partial(is_for_any, its) for sku, its in wanted.items()}


def accept(settings: Settings, ledger: Ledger, reason: Reason) -> Accept:
    """The runbook that declares exceptions."""
    return Accept(settings.clock(), ledger, reason)
