"""What the commands of service need: the table of services, the directory, and both sides of a mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from estate_schema.services import load_services
from mailwave import rules
from mailwave.adapters.ledger import Ledger
from mailwave.core.estate import Record
from mailwave.core.reason import Reason
from mailwave.core.refusals import NoScope
from mailwave.core.services.campaign import SPANS, Campaign, campaign
from mailwave.core.services.table import Joins, Service
from mailwave.core.states import MailboxState
from mailwave.runbooks.services.attest import AttestService, NotByGroup, service_called
from mailwave.runbooks.services.look import LookAtServices
from mailwave.runbooks.services.roll_out import Person, RollOut
from mailwave.runbooks.services.run import RunServices
from mailwave.wiring.estate import aftercare_sites
from mailwave.wiring.licences import group_limit, groups_called
from mailwave.wiring.settings import ROOT, Say, Settings, kept
from mailwave.wiring.waves import mender_of

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.licence_groups import LicenceGroups
    from mailwave.adapters.service_tenant import ServiceSides


def services_of() -> tuple[Service, ...]:
    """The services, in every environment."""
    return rules.services(load_services(ROOT / "environments" / "services.yaml"))


@dataclass(frozen=True)
class Serving:
    """The runbooks of one environment over its *ledger*, the two *sides* and the groups."""

    settings: Settings
    ledger: Ledger
    services: tuple[Service, ...]
    sides: ServiceSides
    groups: LicenceGroups
    reason: Reason
    say: Say

    def looker(self) -> LookAtServices:
        """The runbook that looks."""
        return LookAtServices(
            self.settings.clock(),
            self.ledger,
            self.services,
            self.sides,
            self.groups,
            kept(self.settings),
            self.reason,
        )

    def runner(self) -> RunServices:
        """The runbook that makes what is due."""
        return RunServices(
            self.settings.clock(), self.ledger, self.looker(), self.sides, self.groups, self.reason, self.say
        )

    def roll_out(self, service: Service) -> RollOut:
        """The runbook that gives *service* to everybody at once."""
        clock = self.settings.clock()
        return RollOut(service.name, clock, self.ledger, self.groups, self.reason, self.say)

    def people(self, service: Service) -> list[Person]:
        """Everybody who may have *service* now, and whom the tenant shows by their ExchangeGuid (fact D25)."""
        boxes = {
            each.mailbox.guid: each.mailbox
            for each in served(self.ledger, service)
            if service.is_open_to(each.state)
        }
        keys = self.sides.keys(list(boxes))
        return [Person(guid, key, boxes[guid].organisation) for guid, key in keys.items()]


def served(ledger: Ledger, service: Service) -> list[Record]:
    """Those whom *service* is for, moved or not.

    Raises:
        NoScope: nothing was imported.
    """
    if ledger.scope() is None:
        raise NoScope
    return [
        each
        for each in ledger.mailboxes()
        if service.is_for(each.mailbox) and each.state is not MailboxState.EXCLUDED
    ]


def by_group(name: str) -> Service:
    """The service *name*, which people get by joining a group.

    Raises:
        NotAService: there is none of that name.
        NotByGroup: there is, and nobody joins a group for it.
    """
    found = service_called(name, services_of())
    if not isinstance(found.how, Joins):
        others = [each.name for each in services_of() if isinstance(each.how, Joins)]
        raise NotByGroup(name=name, others=others)
    return found


def campaign_of(settings: Settings, people: int, days: int) -> Campaign:
    """The campaign for so many *people* under what is granted."""
    today = settings.clock().now().date()
    granted = rules.granted(settings.limits, settings.estate).limits
    figures = {name: granted[name].on(today) for name in SPANS}
    return campaign(people, days, figures, group_limit(settings))


@contextmanager
def serving(
    settings: Settings, reason: Reason, say: Say, *, dry_run: bool, only: Service | None = None
) -> Iterator[Serving]:
    """The runbooks, of all services or of *only* one; in a *dry_run* nothing can be changed."""
    from mailwave.adapters.aftercare_cloud import AftercareTenant
    from mailwave.adapters.service_tenant import ServiceSides

    services = (only,) if only else services_of()
    wanted = {group for service in services if isinstance(service.how, Joins) for group in service.how.groups}
    with settings.ledger() as ledger, aftercare_sites(settings, dry_run=dry_run) as sites:
        admin = mender_of(settings, dry_run=dry_run)
        sides = ServiceSides(admin, AftercareTenant(admin), sites)
        groups = groups_called(settings, sorted(wanted), "services.yaml", "groups")
        yield Serving(settings, ledger, services, sides, groups, reason, say)


def attesting(settings: Settings, ledger: Ledger, reason: Reason) -> AttestService:
    """The runbook that keeps an owner's word."""
    return AttestService(settings.clock(), ledger, services_of(), reason)
