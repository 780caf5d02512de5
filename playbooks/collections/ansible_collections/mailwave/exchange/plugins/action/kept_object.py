# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""The action behind each module of one kind of object (meta/runtime.yml says which): a row of objects.yaml."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailwave.exchange.plugins.plugin_utils.entries import wanted
from ansible_collections.mailwave.exchange.plugins.plugin_utils.exchange_action import ExchangeAction, Options
from ansible_collections.mailwave.exchange.plugins.plugin_utils.keeping import keep
from ansible_collections.mailwave.exchange.plugins.plugin_utils.object_types import (
    ObjectType,
    argument_spec,
    naming_spec,
    object_type,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.sites import reached

from estate_schema.endpoints import Endpoints


class ActionModule(ExchangeAction):
    """Make one object have the values of the task, or be absent."""

    @property
    def kind(self) -> ObjectType:
        """The kind of object that the task's own name is."""
        return object_type(self._task.action.rpartition(".")[2])

    def spec(self) -> Options:
        """The options of that kind."""
        return {**naming_spec(self.kind), **argument_spec(self.kind)}

    def act(self, options: Options, endpoints: Endpoints, *, check: bool) -> dict[str, Any]:
        """Do it, or in *check* predict it, and return the task's result."""
        naming = naming_spec(self.kind)
        settings = {
            name: value for name, value in options.items() if name not in naming and value is not None
        }
        entry = {"kind": self.kind.name, "settings": settings, **{name: options[name] for name in naming}}
        site = reached(endpoints, options["site"], dry_run=check)
        return keep(site, [wanted(entry)], check=check)
