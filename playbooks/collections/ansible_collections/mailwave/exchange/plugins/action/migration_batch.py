# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.migration_batch; its options are described in plugins/modules."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import ManifestError
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import (
    ExchangeAction,
    Options,
    diff,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.manifest import Manifest, read_manifest
from ansible_collections.mailwave.exchange.plugins.plugin_utils.migration_batches import BatchChange, ensure

# The strategy loads this file once, before it forks a worker for each task: what connect would import late in every
# worker is imported here once.
import exchange_admin.online
import exchange_admin.tokens  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.connect import exchange_online


class ActionModule(ExchangeAction):
    """Make the manifest's batch exist, or exist and run."""

    SPEC: ClassVar[Options] = {
        "manifest": {"type": "path", "required": True},
        "digest": {"type": "str", "required": True},
        "state": {"type": "str", "default": "present", "choices": ["present", "started"]},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        manifest = read_manifest(options["manifest"], options["digest"])
        _refuse_other_tenant(manifest, endpoints, options["manifest"])
        with exchange_online(endpoints, dry_run=check) as admin:
            change = ensure(admin, manifest, start=options["state"] == "started", check=check)
        return _result(manifest, change)


def _refuse_other_tenant(manifest: Manifest, endpoints: Endpoints, path: str) -> None:
    if manifest.tenant.casefold() != endpoints.tenant.casefold():
        raise ManifestError(path=path, problem=f"is for tenant {manifest.tenant}, not for {endpoints.tenant}")


def _result(manifest: Manifest, change: BatchChange) -> dict[str, Any]:
    wanted = {
        "name": manifest.batch,
        "endpoint": manifest.endpoint,
        "routing_domain": manifest.routing_domain,
        "users": len(manifest.users),
        "running": change.started or (change.after is not None and change.after.running),
    }
    return {
        "changed": change.changed,
        "batch": manifest.batch,
        "created": change.created,
        "adopted": change.adopted,
        "started": change.started,
        "users": len(manifest.users),
        "users_read": change.users_read,
        "guid": change.after.guid if change.after else "",
        "status": change.after.status if change.after else "",
        "refused_addresses": list(change.after.refused) if change.after else [],
        "diff": diff(change.before.shown() if change.before else {}, wanted, f"batch {manifest.batch}"),
    }
