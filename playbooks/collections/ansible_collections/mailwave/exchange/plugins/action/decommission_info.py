# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.decommission_info; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_decommission import checks
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission_action import (
    LEAVING,
    LeavingAction,
    leaving,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import Options

from estate_schema.endpoints import Endpoints
from exchange_admin.name_service import NameService


class ActionModule(LeavingAction):
    """Read what still keeps a site in use."""

    SPEC: ClassVar[Options] = LEAVING

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Read, in check mode too, and return the checks."""
        names, going = NameService.of(endpoints), leaving(options, endpoints)
        with self.both(options, endpoints, dry_run=True) as (site, tenant):
            return {"changed": False, "checks": checks(site, tenant, names, going)}
