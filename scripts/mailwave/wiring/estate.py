"""What the commands of estate need: the sites' readings, and the runbooks that take them in and judge them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from mailwave.adapters.ledger import Ledger
from mailwave.core.reason import Reason
from mailwave.runbooks.amend_estate import AmendEstate
from mailwave.runbooks.import_estate import ImportEstate
from mailwave.wiring.settings import Settings

if TYPE_CHECKING:  # it takes up to a second to import: a command loads only what it uses
    from exchange_admin.onpremises import OnPremises
    from mailwave.adapters.aftercare_site import AftercareSites
    from mailwave.adapters.source import Source


def source_of(settings: Settings) -> Source:
    """The sites of the environment, to read."""
    from mailwave.adapters.source import Source

    return Source.connect(settings.endpoints(), settings.estate, sleep=settings.clock().sleep)


@contextmanager
def aftercare_sites(settings: Settings, *, dry_run: bool) -> Iterator[AftercareSites]:
    """The sites as aftercare reads and mends them; a *dry_run* only reads."""
    from mailwave.adapters.aftercare_site import AftercareSites

    with all_sites(settings, dry_run=dry_run) as sites:
        yield AftercareSites(sites)


@contextmanager
def all_sites(settings: Settings, *, dry_run: bool) -> Iterator[dict[str, OnPremises]]:
    """A shell at each site, by its name; in a *dry_run* they only read."""
    from exchange_admin import connect

    endpoints, sleep = settings.endpoints(), settings.clock().sleep
    with ExitStack() as stack:
        yield {
            site.name: stack.enter_context(
                connect.on_premises(endpoints, site.name, dry_run=dry_run, sleep=sleep)
            )
            for site in settings.estate.sites
        }


def import_estate(settings: Settings, ledger: Ledger, reason: Reason) -> ImportEstate:
    """The runbook that takes an estate into the ledger."""
    return ImportEstate(ledger, settings.estate.site_of_server, reason)


def amend_estate(settings: Settings, ledger: Ledger, reason: Reason) -> AmendEstate:
    """The runbook that changes the scope."""
    return AmendEstate(ledger, settings.estate.site_of_server, reason)
