"""Mail that is tried on the rehearsed estate: runbook and clients as `mailwave aftercare delivery` joins them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.delivery_post import DeliveryPost
from mailwave.adapters.relay import Relay
from mailwave.core.aftercare.delivery import Boxes, Sampling
from mailwave.core.planner import Wave
from mailwave.runbooks.aftercare.delivery import Tried, TryDelivery
from rehearsal.smtp.relay import Envelope, offer
from tests.mailwave.rehearsed.operator import ESTATE, REASON, Operator
from tests.mailwave.rehearsed.services import CLIENT, Services

OBJECT = "7f1c33a2-0000-4000-8000-0000000000c1"
ROLE, SCOPE = "Application Mail.Send", "delivery check"
EVERYBODY = Sampling(share=1, most=100)


def allow(services: Services) -> None:
    """What the stack hybrid makes: the application may send out of the cloud's mailbox, and out of no other."""
    address = services.post.mailboxes.cloud
    key = {"AppId": CLIENT, "ObjectId": OBJECT, "ServiceId": OBJECT}
    services.administer("New-ServicePrincipal", key | {"DisplayName": "delivery"})
    services.administer(
        "New-ManagementScope",
        {"Name": SCOPE, "RecipientRestrictionFilter": f"PrimarySmtpAddress -eq '{address}'"},
    )
    services.administer(
        "New-ManagementRoleAssignment",
        {"Name": ROLE, "Role": ROLE, "App": CLIENT, "CustomResourceScope": SCOPE},
    )


class Submission:
    """A connection to the services' relay: a *lost* answer never comes, what is *cut* off never got there."""

    def __init__(self, services: Services, *, lost: bool, cut: bool) -> None:
        self._services = services
        self._lost = lost
        self._cut = cut

    def send_message(self, message: EmailMessage) -> None:
        """Hand it over."""
        if self._cut:
            raise ConnectionResetError("the connection was cut")
        envelope = Envelope(str(message["From"]), [str(message["To"])])
        reply = self._services.relay.handle(offer(envelope, message.as_bytes()))
        assert reply.status == 250, reply.body
        if self._lost:
            raise ConnectionResetError("the connection was cut")

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Delivery:
    """Runs `mailwave aftercare delivery` for the *operator*.

    The relay's answers to the numbers in *lost* are lost, and it never gets the numbers in *cut*.
    """

    operator: Operator
    sampling: Sampling = EVERYBODY
    lost: set[int] = field(default_factory=set)
    cut: set[int] = field(default_factory=set)
    sent: int = 0
    calls: tuple[int, int] = (0, 0)

    def run(self, wave: Wave, *, again: bool = False) -> Tried:
        """Try it."""
        with self.joined() as (runbook, post):
            tried: Tried = runbook.run(wave, again=again)
            self.calls = (post.calls[0], post.calls[1])
        return tried

    @contextmanager
    def joined(self) -> Iterator[tuple[TryDelivery, DeliveryPost]]:
        """The runbook and its post."""
        operator, services = self.operator, self.operator.services
        boxes = services.post.mailboxes
        with ExitStack() as stack:
            ledger = stack.enter_context(operator.ledger())
            sites = {name: stack.enter_context(services.premises(name)) for name in services.sites}
            post = DeliveryPost(
                Relay(self._dial, boxes.premises, operator.clock.now, dry_run=False),
                services.graph_client(operator.boundary),
                stack.enter_context(services.cloud(operator.boundary, dry_run=True)),
                sites,
                {site.name: [server.name for server in site.servers] for site in services.estate.sites},
                operator.clock.now,
            )
            runbook = TryDelivery(
                operator.clock,
                ledger,
                post,
                Boxes(boxes.premises, boxes.cloud),
                self.sampling,
                timedelta(minutes=ESTATE.delivery.minutes if ESTATE.delivery else 0),
                ArtifactFolder(operator.folder / "artifacts"),
                REASON,
                operator.said.append,
            )
            yield runbook, post

    def _dial(self) -> Any:
        self.sent += 1
        return Submission(self.operator.services, lost=self.sent in self.lost, cut=self.sent in self.cut)
