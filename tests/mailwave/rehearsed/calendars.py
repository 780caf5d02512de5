"""Calendars asked for on the rehearsed estate: runbook and clients as `mailwave aftercare calendars` joins them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.shared_calendars import SharedCalendars
from mailwave.core.aftercare.delivery import Boxes, Sampling
from mailwave.core.planner import Wave
from mailwave.runbooks.aftercare.calendars import Looked, SeeCalendars
from tests.mailwave.rehearsed.calendar_damage import sites
from tests.mailwave.rehearsed.coexistence import APPLICATION, at_sites, both_halves
from tests.mailwave.rehearsed.delivery import EVERYBODY, SCOPE, allow
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import CLIENT, Services

ROLE = "Application Calendars.Read"


def join(services: Services) -> None:
    """What play 28 and the stacks identity and hybrid make: the application of the servers, and that which asks."""
    (server,) = [row for row in at_sites(services, "Get-AuthServer") if row["Type"] == "AzureAD"]
    sites("Set-AuthServer", Identity=server["Name"], ApplicationIdentifier=APPLICATION)(services)
    sites(
        "New-SettingOverride",
        Name="EnableExchangeHybrid3PAppFeature",
        Component="Global",
        Section="ExchangeOnpremAsThirdPartyAppId",
        Parameters=["Enabled=true"],
        Reason="Exchange calls Exchange Online as its own application",
    )(services)
    allow(services)
    services.administer(
        "New-ManagementRoleAssignment",
        {"Name": ROLE, "Role": ROLE, "App": CLIENT, "CustomResourceScope": SCOPE},
    )


@dataclass
class Calendars:
    """Runs `mailwave aftercare calendars` for the *operator*."""

    operator: Operator
    sampling: Sampling = EVERYBODY
    calls: tuple[int, int] = (0, 0)

    def run(self, wave: Wave) -> Looked:
        """Ask."""
        operator, services = self.operator, self.operator.services
        mailboxes = services.post.mailboxes
        boxes = Boxes(mailboxes.premises, mailboxes.cloud)
        asked = SharedCalendars(
            services.graph_client(operator.boundary),
            {name: partial(services.premises, name) for name in services.sites},
            boxes,
            services.estate.tenant.routing_domain,
            operator.clock.now,
        )
        with operator.ledger() as ledger:
            runbook = SeeCalendars(
                operator.clock,
                ledger,
                asked,
                both_halves(services),
                boxes,
                self.sampling,
                ArtifactFolder(operator.folder / "artifacts"),
                REASON,
            )
            looked: Looked = runbook.run(wave)
        self.calls = (asked.calls[0], asked.calls[1])
        return looked
