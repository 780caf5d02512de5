"""Receive connectors: each belongs to one server and listens there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.connector_rules import ANYWHERE, DEFAULTS, MULTI_VALUED, PRESETS, STANDARD, check
from rehearsal.site.objects import Kind, Objects
from rehearsal.site.offer import Offer
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.wire import CmdletResult

RECEIVE_CONNECTOR = Kind(
    noun="ReceiveConnector",
    container="CN=SMTP Receive Connectors,CN=Protocols",
    of_server=True,
    defaults=DEFAULTS,
    parsers=MULTI_VALUED,
    check=check,
    ignored=frozenset({"Usage", *PRESETS}),
)


class Connectors:
    """The receive connectors of every server, *kept* as objects."""

    def __init__(self, around: Surroundings) -> None:
        born: list[Row] = [
            {"Name": f"{name} {server.name}", "Server": server.name, "Fqdn": server.fqdn, **settings}
            for server in around.servers
            for name, settings in STANDARD
        ]
        self._around = around
        self.kept = Objects(RECEIVE_CONNECTOR, around, born)
        make = self.kept.cmdlets["New-ReceiveConnector"]
        self._make = make.run
        self.cmdlets: Offer = {**self.kept.cmdlets, "New-ReceiveConnector": replace(make, run=self._new)}

    def _new(self, bound: Bound) -> CmdletResult:
        """Make a connector with what its usage type sets where the caller does not."""
        preset = _preset(bound)
        _require(bound, ["Bindings"] if preset == "Internet" else ["Bindings", "RemoteIPRanges"])
        server = self._around.server(bound.get("Server") or bound.server, self._around.controller(bound))
        usual: dict[str, Any] = {
            "RemoteIPRanges": list(ANYWHERE),
            "Fqdn": server.fqdn,
            **PRESETS[preset],
        }
        given = {name: value for name, value in bound.values.items() if value is not None}
        return self._make(replace(bound, values=usual | given | {"Server": server.name}))


def _preset(bound: Bound) -> str:
    chosen = [name for name in PRESETS if bound.get(name)]
    if bound.get("Usage"):
        chosen.append(bound.get("Usage"))
    if len(chosen) > 1:
        raise failures.ambiguous_set()
    return chosen[0] if chosen else "Custom"


def _require(bound: Bound, names: list[str]) -> None:
    missing = [name for name in names if not bound.get(name)]
    if missing:
        raise failures.missing_parameters(missing)
