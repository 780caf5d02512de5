"""Calendars asked for on the rehearsed estate: runbook and clients as `mailwave aftercare calendars` joins them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.shared_calendars import SharedCalendars
from mailwave.core.aftercare.delivery import Boxes, Sampling
from mailwave.core.planner import Wave
from mailwave.runbooks.aftercare.calendars import Looked, SeeCalendars
from tests.mailwave.rehearsed.coexistence import both_halves
from tests.mailwave.rehearsed.delivery import EVERYBODY, SCOPE, allow
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import CLIENT, Services

ROLE = "Application Calendars.Read"


def let_ask(services: Services) -> None:
    """What the stack hybrid makes: the application may ask as the cloud's mailbox, and send out of it."""
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
