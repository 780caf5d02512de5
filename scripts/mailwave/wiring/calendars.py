"""What `mailwave aftercare calendars` needs: Graph as the courier, the doors of the sites, and what both are set to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from mailwave.core.aftercare.delivery import Boxes, Sampling
from mailwave.core.reason import Reason
from mailwave.runbooks.aftercare.calendars import SeeCalendars
from mailwave.wiring.delivery import courier_graph, declared
from mailwave.wiring.preflight import both_halves
from mailwave.wiring.settings import Settings, kept

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from mailwave.adapters.ledger import Ledger
    from mailwave.adapters.shared_calendars import SharedCalendars


@contextmanager
def seeing(settings: Settings, reason: Reason) -> Iterator[tuple[Ledger, SharedCalendars, SeeCalendars]]:
    """The runbook, with the ledger and the calendars that it asks for.

    Raises:
        ConfigurationError: the estate file has no mailboxes for this, or the endpoints name no Graph.
    """
    from exchange_admin import connect
    from mailwave.adapters.shared_calendars import SharedCalendars

    wanted, endpoints, clock = declared(settings), settings.endpoints(), settings.clock()
    boxes = Boxes(wanted.premises, wanted.cloud)
    doors = {
        site.name: partial(connect.on_premises, endpoints, site.name, dry_run=True, sleep=clock.sleep)
        for site in settings.estate.sites
    }
    calendars = SharedCalendars(
        courier_graph(settings), doors, boxes, settings.estate.tenant.routing_domain.lower(), clock.now
    )
    with settings.ledger() as ledger:
        yield (
            ledger,
            calendars,
            SeeCalendars(
                clock,
                ledger,
                calendars,
                both_halves(settings),
                boxes,
                Sampling(wanted.share, wanted.most),
                kept(settings),
                reason,
            ),
        )
