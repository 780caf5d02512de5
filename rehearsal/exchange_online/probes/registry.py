"""Where probes are kept, and the bench on which they make their tenants."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from rehearsal.estate import GIB, Estate
from rehearsal.exchange_online.lab import Lab, moved
from rehearsal.exchange_online.options import Options
from rehearsal.exchange_online.tenant import MailUsers
from rehearsal.faults import EXCHANGE_ONLINE, Fault, Kind
from rehearsal.matrix import Probes
from rehearsal.wire import Reply


@dataclass(frozen=True)
class Bench:
    """Makes tenants that behave by *options*.

    Other tenants disturb one only if it is *crowded*: their moves are in the way of every observation, and one probe
    asks for them.
    """

    options: Options

    def tenant(
        self,
        *causes: str | None,
        size: int = GIB,
        late_item_share: float = 0.0,
        crowded: bool = False,
        mail_users: MailUsers | None = None,
    ) -> Lab:
        """Return a tenant with one mailbox for each of *causes*, all on one server; one without trouble by default."""
        options = replace(self.options, late_item_share=late_item_share)
        options = options if crowded else _alone(options)
        return Lab(causes or (None,), options=options, size=size, server="EX01", mail_users=mail_users)

    def of(self, estate: Estate, *, mail_users: MailUsers | None = None) -> Lab:
        """Return a tenant of a whole *estate*."""
        return Lab(estate=estate, options=_alone(self.options), mail_users=mail_users)

    def synced(self, *causes: str | None, late_item_share: float = 0.0) -> Lab:
        """Return a tenant whose mailboxes have been synced for some hours."""
        lab = self.tenant(*causes, late_item_share=late_item_share)
        lab.start_batch()
        lab.advance(hours=12)
        return lab

    def moved(self, *causes: str | None) -> Lab:
        """Return a tenant whose mailboxes have moved to the cloud, and that has forgotten how."""
        return moved(*(causes or (None,)), options=_alone(self.options), server="EX01")

    def faulty(self, kind: Kind) -> Reply:
        """Return the answer to a call for which *kind* was planned."""
        call = "Get-AcceptedDomain"
        lab = Lab((), faults=[Fault(EXCHANGE_ONLINE, call, 1, kind)], options=self.options)
        return lab.post(call, {})


def _alone(options: Options) -> Options:
    return replace(options, other_tenants="none")


PROBES = Probes(Bench)


def is_json(body: bytes) -> bool:
    """Tell whether *body* can be read."""
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
