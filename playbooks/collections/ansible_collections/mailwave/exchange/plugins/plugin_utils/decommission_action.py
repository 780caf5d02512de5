# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""What the actions that take a site down share: the site that leaves, as the estate file tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_decommission import Leaving
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission import Site, Step
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission_gates import Gatekeeper
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import (
    ExchangeAction,
    Options,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.moments import now

# As in migration_batch: imported once, before the strategy forks.
import exchange_admin.online
import exchange_admin.onpremises
import exchange_admin.psrp
import exchange_admin.tokens  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.connect import on_premises
from exchange_admin.name_service import NameService
from exchange_admin.port import ExchangeAdmin

LEAVING: Options = {
    "site": {"type": "str", "required": True},
    "endpoint": {"type": "str", "required": True},
    "servers": {"type": "list", "elements": "str", "required": True},
    "domains": {"type": "list", "elements": "str", "required": True},
    "logs": {"type": "path"},
    "tools": {"type": "str", "default": ""},
}
"""The options that say which site leaves; plugins/doc_fragments/leaving.py describes them."""


def own(options: Options) -> Site:
    """What is the site's own."""
    return Site(tuple(options["servers"]), tuple(options.get("groups") or ()))


def leaving(options: Options, endpoints: Endpoints) -> Leaving:
    """The site as its gates judge it, at this moment."""
    return Leaving(
        options["site"],
        options["endpoint"],
        own(options).servers,
        now(endpoints),
        tuple(options["domains"]),
        Path(options["logs"]) if options["logs"] else None,
        options["tools"],
    )


class LeavingAction(ExchangeAction):
    """Base of the actions on a site that leaves."""

    @contextmanager
    def both(
        self, options: Options, endpoints: Endpoints, *, dry_run: bool
    ) -> Iterator[tuple[ExchangeAdmin, ExchangeAdmin]]:
        """The site, and the tenant, of which every action only reads, for as long as the block lasts."""
        with (
            on_premises(endpoints, options["site"], dry_run=dry_run) as site,
            self.tenant(endpoints, dry_run=True) as tenant,
        ):
            yield site, tenant

    @contextmanager
    def reached(
        self, options: Options, endpoints: Endpoints, step: Step | None, *, dry_run: bool
    ) -> Iterator[tuple[ExchangeAdmin, Gatekeeper]]:
        """The site, for as long as the block lasts, and who asks the gates of *step* there and at the tenant."""
        names, going = NameService.of(endpoints), leaving(options, endpoints)
        with self.both(options, endpoints, dry_run=dry_run) as (site, tenant):
            yield site, Gatekeeper(site, tenant, names, going, step)
