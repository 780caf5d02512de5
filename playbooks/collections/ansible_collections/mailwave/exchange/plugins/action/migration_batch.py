# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind mailwave.exchange.migration_batch; its options are described in plugins/modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import (
    ExchangeAction,
    Options,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.manifests import approved
from ansible_collections.mailwave.exchange.plugins.plugin_utils.moments import moment, now
from ansible_collections.mailwave.exchange.plugins.plugin_utils.shown import diff

# The strategy loads this file once, before it forks a worker for each task: what connect would import late in every
# worker is imported here once.
import exchange_admin.online
import exchange_admin.tokens  # noqa: F401
from estate_schema.endpoints import Endpoints
from exchange_admin.migration import Change, Manifest, complete, remove_ended, roll_back, start, stop
from exchange_admin.port import ExchangeAdmin

Act = Callable[[ExchangeAdmin, Manifest], Change]


class ActionModule(ExchangeAction):
    """Bring the manifest's batch to a state: there, running, stopped, released to complete, rolled back, or removed."""

    SPEC: ClassVar[Options] = {
        "manifest": {"type": "path", "required": True},
        "digest": {"type": "str", "required": True},
        "state": {
            "type": "str",
            "default": "present",
            "choices": ["present", "started", "stopped", "completed", "rolled_back", "removed"],
        },
        "opens": {"type": "str"},
        "closes": {"type": "str"},
    }

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        manifest = approved(options["manifest"], options["digest"], endpoints)
        act = _act(options, endpoints, check=check)
        with self.tenant(endpoints, dry_run=check) as admin:
            change = act(admin, manifest)
        return _result(manifest, change)


def _act(options: Options, endpoints: Endpoints, *, check: bool) -> Act:
    acts: Mapping[str, Act] = {
        "present": lambda admin, manifest: start(admin, manifest, run=False, check=check),
        "started": lambda admin, manifest: start(admin, manifest, check=check),
        "stopped": lambda admin, manifest: stop(admin, manifest, check=check),
        "rolled_back": lambda admin, manifest: roll_back(admin, manifest, check=check),
        "removed": lambda admin, manifest: remove_ended(admin, manifest, check=check),
    }
    if options["state"] != "completed":
        return acts[options["state"]]
    if not (options["opens"] and options["closes"]):
        raise ValueError("opens and closes are needed: a batch completes only between them")
    moments = {"now": now(endpoints), "opens": moment(options["opens"]), "closes": moment(options["closes"])}
    return lambda admin, manifest: complete(admin, manifest, **moments, check=check)


def _result(manifest: Manifest, change: Change) -> dict[str, Any]:
    after = change.after
    return {
        "changed": change.changed,
        "batch": manifest.batch,
        "done": list(change.done),
        "users": len(manifest.users),
        "users_read": change.users_read,
        "guid": after.guid if after else "",
        "status": after.status if after else "",
        "refused_addresses": list(after.refused) if after else [],
        "diff": diff(*_shown(manifest, change), f"batch {manifest.batch}"),
    }


def _shown(manifest: Manifest, change: Change) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """The batch before, and as the cmdlets leave it or would leave it."""
    before = change.before.shown() if change.before else {}
    if not change.changed:
        return before, before
    if "Remove-MigrationBatch" in change.done:
        return before, {}
    wanted = {
        "name": manifest.batch,
        "endpoint": manifest.endpoint,
        "routing_domain": manifest.routing_domain,
        "users": len(manifest.users),
        "running": "Stop-MigrationBatch" not in change.done
        and (change.started or bool(change.before and change.before.running)),
    }
    return before, wanted | {"told": list(change.done)}
