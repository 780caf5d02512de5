# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.decommission_info; its options are described in plugins/modules."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_decommission import Leaving, checks
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


class ActionModule(ExchangeAction):
    """Read what still keeps a site in use."""

    SPEC: ClassVar[Options] = {
        "site": {"type": "str", "required": True},
        "endpoint": {"type": "str", "required": True},
        "servers": {"type": "list", "elements": "str", "required": True},
        "domains": {"type": "list", "elements": "str", "required": True},
        "logs": {"type": "path"},
        "tools": {"type": "str", "default": ""},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Read, in check mode too, and return the checks."""
        leaving = Leaving(
            options["site"],
            options["endpoint"],
            tuple(options["servers"]),
            now(endpoints),
            tuple(options["domains"]),
            Path(options["logs"]) if options["logs"] else None,
            options["tools"],
        )
        with (
            on_premises(endpoints, options["site"], dry_run=True) as site,
            self.tenant(endpoints, dry_run=True) as tenant,
        ):
            found = checks(site, tenant, NameService.of(endpoints), leaving)
        return {"changed": False, "checks": found}
