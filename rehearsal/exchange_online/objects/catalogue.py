"""Every kind of configuration object of a tenant, as it was new and as the Hybrid Configuration Wizard left it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from rehearsal.exchange_online.cmdlet import Handler
from rehearsal.exchange_online.objects.engine import Objects
from rehearsal.exchange_online.objects.kind import kinds
from rehearsal.exchange_online.objects.options import ObjectOptions
from rehearsal.exchange_online.tenant import Tenant

_WIZARD = "wizard"
_PRESETS = "presets"

PublicNames = Callable[[str], str | None]
"""Tells to what the public DNS points a name by a CNAME record, None if it has no such record."""


def nothing_public(_name: str) -> str | None:
    """Know of no record: a public DNS in which nobody has published anything."""
    return None


class ConfigurationObjects:
    """The configuration of one tenant."""

    def __init__(self, tenant: Tenant, options: ObjectOptions, public_names: PublicNames) -> None:
        self.tenant = tenant
        self.options = options
        self.cname = public_names
        self._kinds = {noun: Objects(noun, kind, self) for noun, kind in kinds().items()}
        left = (each for each in _made(_WIZARD) if each[0] != "RemoteDomain" or options.wizard_remote_domains)
        presets = _made(_PRESETS) if options.presets_turned_on else ()
        for noun, settings in (*_new_tenant(), *left, *presets):
            self._kinds[noun].born(_filled(settings, self._names()))

    def kind(self, noun: str) -> Objects:
        """Return the objects of the kind *noun*."""
        return self._kinds[noun]

    def handlers(self) -> dict[str, Handler]:
        """Return the cmdlets by name."""
        return {name: each for objects in self._kinds.values() for name, each in objects.handlers().items()}

    def _names(self) -> Mapping[str, str]:
        tenant = self.tenant.estate.tenant
        connector = self.options.wizard_connector.format(organisation=tenant.organisation)
        return {
            "connector": connector,
            "tenant": tenant.id,
            "domain": tenant.domain,
            "routing_domain": tenant.routing_domain,
            "mail_domain": tenant.mail_domain,
            "organisation": tenant.organisation,
            "host": self.tenant.estate.sites[0].endpoint_host,
        }


@cache
def _new_tenant() -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple((noun, settings) for noun, kind in kinds().items() for settings in kind.born)


@cache
def _made(table: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """What the Hybrid Configuration Wizard (facts D12, D12b) or the portal of the presets makes, in that order."""
    text = Path(__file__).with_name(f"{table}.yaml").read_bytes()
    made = msgspec.yaml.decode(text, type=list[dict[str, dict[str, Any]]])
    return tuple(pair for each in made for pair in each.items())


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    """Return *value* with the tenant's names in the place of what stands in braces."""
    if isinstance(value, str):
        return value.format_map(names)
    if isinstance(value, list):
        return [_filled(each, names) for each in value]
    if isinstance(value, dict):
        return {key: _filled(each, names) for key, each in value.items()}
    return value
