# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.migration_batch_info; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_batches import (
    EXPECTATIONS,
    checks,
    counted,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import (
    ExchangeAction,
    Options,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.manifests import approved

# As in migration_batch: imported once, before the strategy forks.
import exchange_admin.online
import exchange_admin.tokens  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.migration.batch import find_batch, own_users


class ActionModule(ExchangeAction):
    """Read the manifest's batch and its users."""

    SPEC: ClassVar[Options] = {
        "manifest": {"type": "path", "required": True},
        "digest": {"type": "str", "required": True},
        "expect": {"type": "str", "required": True, "choices": list(EXPECTATIONS)},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Read, in check mode too, and return what was found and the checks on it."""
        manifest = approved(options["manifest"], options["digest"], endpoints)
        with self.tenant(endpoints, dry_run=True) as admin:
            batch = find_batch(admin, manifest.batch)
            users = {} if batch is None else own_users(admin, batch, manifest)
        return {
            "changed": False,
            "batch": manifest.batch,
            "status": batch.status if batch else "",
            "users": len(manifest.users),
            "users_read": len(users),
            "states": counted(users),
            "checks": checks(options["expect"], manifest, batch, users),
        }
