# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.wave_readiness; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_readiness import checks, read, unread
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import (
    ExchangeAction,
    Options,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.manifests import approved

# As in migration_batch: imported once, before the strategy forks.
import exchange_admin.online
import exchange_admin.onpremises
import exchange_admin.psrp
import exchange_admin.tokens  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.connect import on_premises
from exchange_admin.errors import ExchangeError


class ActionModule(ExchangeAction):
    """Read what both sides hold of everybody in a manifest."""

    SPEC: ClassVar[Options] = {
        "manifest": {"type": "path", "required": True},
        "digest": {"type": "str", "required": True},
        "site": {"type": "str", "required": True},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Read, in check mode too, and return the checks."""
        manifest = approved(options["manifest"], options["digest"], endpoints)
        try:
            with (
                on_premises(endpoints, options["site"], dry_run=True) as site,
                self.tenant(endpoints, dry_run=True) as tenant,
            ):
                found = checks(manifest, read(site, tenant, manifest))
        except ExchangeError as error:
            found = unread(manifest, error)
        return {"changed": False, "batch": manifest.batch, "users": len(manifest.users), "checks": found}
