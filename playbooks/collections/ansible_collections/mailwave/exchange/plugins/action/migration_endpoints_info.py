# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.migration_endpoints_info; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import ExchangeAction, Options
from ansible_collections.mailwave.exchange.plugins.plugin_utils.migration_endpoints import CHECK, tested

# As in migration_batch: imported once, before the strategy forks.
import exchange_admin.online
import exchange_admin.tokens  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.errors import ExchangeError


class ActionModule(ExchangeAction):
    """Test every migration endpoint; nothing is changed."""

    SPEC: ClassVar[Options] = {}

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Read; check mode makes no difference."""
        try:
            with self.tenant(endpoints, dry_run=True) as admin:
                checks = tested(admin)
        except ExchangeError as error:
            checks = [{"id": CHECK, "unknown": str(error)}]
        usable = [each["subject"] for each in checks if each.get("holds")]
        return {
            "changed": False,
            "checks": checks,
            "usable": usable,
            "all_usable": len(usable) == len(checks) > 0,
        }
