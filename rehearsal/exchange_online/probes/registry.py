"""Where probes are kept, and the bench on which they make their tenants."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from rehearsal.estate import GIB
from rehearsal.exchange_online.lab import Lab
from rehearsal.exchange_online.options import Options
from rehearsal.faults import EXCHANGE_ONLINE, Fault, Kind
from rehearsal.wire import Reply


@dataclass(frozen=True)
class Bench:
    """Makes tenants that behave by *options*."""

    options: Options

    def tenant(self, *causes: str | None, size: int = GIB, late_item_share: float = 0.0) -> Lab:
        """Return a tenant with one mailbox for each of *causes*, all on one server; one without trouble by default."""
        options = replace(self.options, late_item_share=late_item_share)
        return Lab(causes or (None,), options=options, size=size, server="EX01")

    def synced(self, *causes: str | None, late_item_share: float = 0.0) -> Lab:
        """Return a tenant whose mailboxes have been synced for some hours."""
        lab = self.tenant(*causes, late_item_share=late_item_share)
        lab.start_batch()
        lab.advance(hours=12)
        return lab

    def faulty(self, kind: Kind) -> Reply:
        """Return the answer to a call for which *kind* was planned."""
        call = "Get-AcceptedDomain"
        lab = Lab((), faults=[Fault(EXCHANGE_ONLINE, call, 1, kind)], options=self.options)
        return lab.post(call, {})


Probe = Callable[[Bench], object]
PROBES: dict[str, Probe] = {}
"""Every probe by the name of its rule."""


def probe(run: Probe) -> Probe:
    """Keep *run* under its name without the underscore."""
    PROBES[run.__name__.removeprefix("_")] = run
    return run


def is_json(body: bytes) -> bool:
    """Tell whether *body* can be read."""
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
