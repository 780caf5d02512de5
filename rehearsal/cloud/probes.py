"""One small experiment for each rule of `Options`: what a caller of the simulated cloud sees of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.cloud.options import Options
from rehearsal.cloud.store import TENANT, Cloud
from rehearsal.matrix import Probes, Subject
from rehearsal.wire import Request

_TENANT = "11111111-2222-4333-8444-555555555555"
_GROUP = "/arm/subscriptions/66666666-7777-4888-8999-000000000000/resourceGroups/platform"
_OTHER_GROUP = f"{_GROUP}2"
_NETWORK = f"{_GROUP}/providers/Microsoft.Network/virtualNetworks/hub"
_SPOKE = f"{_GROUP}/providers/Microsoft.Network/virtualNetworks/spoke"
_FIREWALL = f"{_GROUP}/providers/Microsoft.Network/networkSecurityGroups/edge"
_ZONE = f"{_GROUP}/providers/Microsoft.Network/privateDnsZones/privatelink.example"
_VAULT = f"{_GROUP}/providers/Microsoft.KeyVault/vaults/keys"
_ACCOUNT = "/providers/Microsoft.Storage/storageAccounts/evidence"
_LOCK = "/providers/Microsoft.Authorization/locks/keep"
_UK = {"location": "uksouth"}
_GLOBAL = {"location": "global"}


class ProbeFailed(Exception):
    """The cloud did something else than doing what was asked or refusing it."""


class _Bench:
    """A cloud that behaves by *options*, with a resource group in it."""

    def __init__(self, options: Options) -> None:
        self._cloud = Cloud(tenant=_TENANT, options=options)
        self.make(_GROUP, _UK)

    def make(self, path: str, body: Mapping[str, Any]) -> None:
        """PUT something that must succeed."""
        if self.refuses("PUT", path, body):
            raise ProbeFailed(path)

    def refuses(self, method: str, path: str, body: object = None, query: str = "", **headers: str) -> bool:
        """Whether the cloud refuses a request."""
        reply = self._cloud.handle(
            Request(method, f"/cloud{path}", query, headers, json.dumps(body).encode())
        )
        return reply.status >= 400

    def network(self, path: str = _NETWORK, space: str = "10.0.0.0/16") -> None:
        """Make a virtual network."""
        self.make(path, {**_UK, "addressSpace": {"addressPrefixes": [space]}})


PROBES = Probes(_Bench)


def _id(path: str) -> dict[str, str]:
    return {"id": path.removeprefix("/arm")}


@PROBES.keep
def _tenants_are_apart(bench: _Bench) -> bool:
    return bench.refuses("GET", _GROUP, **{TENANT: "99999999-0000-4000-8000-000000000000"})


@PROBES.keep
def _parents_come_first(bench: _Bench) -> bool:
    return bench.refuses("PUT", f"{_OTHER_GROUP}{_ACCOUNT}", _UK)


@PROBES.keep
def _references_hold(bench: _Bench) -> bool:
    bench.network()
    subnet = {"addressPrefix": "10.0.1.0/24", "networkSecurityGroup": _id(_FIREWALL)}
    return bench.refuses("PUT", f"{_NETWORK}/subnets/a", subnet)


@PROBES.keep
def _needed_objects_stay(bench: _Bench) -> bool:
    bench.network()
    bench.make(_FIREWALL, _UK)
    bench.make(
        f"{_NETWORK}/subnets/a", {"addressPrefix": "10.0.1.0/24", "networkSecurityGroup": _id(_FIREWALL)}
    )
    return bench.refuses("DELETE", _FIREWALL)


@PROBES.keep
def _nested_objects_hold(bench: _Bench) -> bool:
    bench.network()
    bench.make(_ZONE, _GLOBAL)
    bench.make(f"{_ZONE}/virtualNetworkLinks/hub", {**_GLOBAL, "virtualNetwork": _id(_NETWORK)})
    return bench.refuses("DELETE", _ZONE)


@PROBES.keep
def _names_are_unique(bench: _Bench) -> bool:
    bench.make(_OTHER_GROUP, _UK)
    bench.make(f"{_GROUP}{_ACCOUNT}", _UK)
    return bench.refuses("PUT", f"{_OTHER_GROUP}{_ACCOUNT}", _UK)


@PROBES.keep
def _deleted_vaults_keep_names(bench: _Bench) -> bool:
    bench.make(_VAULT, _UK)
    bench.refuses("DELETE", _VAULT)
    return bench.refuses("PUT", _VAULT, _UK)


@PROBES.keep
def _purge_protection_holds(bench: _Bench) -> bool:
    bench.make(_VAULT, {**_UK, "properties": {"enablePurgeProtection": True}})
    bench.refuses("DELETE", _VAULT)
    return bench.refuses("DELETE", _VAULT, query="purge=true")


@PROBES.keep
def _locks_hold(bench: _Bench) -> bool:
    bench.make(f"{_GROUP}{_LOCK}", {"level": "CanNotDelete"})
    return bench.refuses("DELETE", _GROUP)


@PROBES.keep
def _subnets_fit(bench: _Bench) -> bool:
    bench.network()
    return bench.refuses("PUT", f"{_NETWORK}/subnets/a", {"addressPrefix": "10.1.0.0/24"})


@PROBES.keep
def _subnets_are_apart(bench: _Bench) -> bool:
    bench.network()
    bench.make(f"{_NETWORK}/subnets/a", {"addressPrefix": "10.0.0.0/23"})
    return bench.refuses("PUT", f"{_NETWORK}/subnets/b", {"addressPrefixes": ["10.0.1.0/24"]})


@PROBES.keep
def _peers_are_apart(bench: _Bench) -> bool:
    bench.network()
    bench.network(_SPOKE, "10.0.128.0/17")
    return bench.refuses(
        "PUT", f"{_NETWORK}/virtualNetworkPeerings/spoke", {"remoteVirtualNetwork": _id(_SPOKE)}
    )


@PROBES.keep
def _spaces_keep_subnets(bench: _Bench) -> bool:
    bench.network()
    bench.make(f"{_NETWORK}/subnets/a", {"addressPrefix": "10.0.1.0/24"})
    return bench.refuses("PATCH", _NETWORK, {"addressSpace": {"addressPrefixes": ["10.0.2.0/23"]}})


@PROBES.keep
def _locations_are_needed(bench: _Bench) -> bool:
    return bench.refuses("PUT", _FIREWALL, {})


@PROBES.keep
def _locations_are_listed(bench: _Bench) -> bool:
    return bench.refuses("PUT", _ZONE, _UK)


@PROBES.keep
def _read_only_properties_stay(bench: _Bench) -> bool:
    bench.make(_VAULT, _UK)
    return bench.refuses("PATCH", _VAULT, {"properties": {"vaultUri": "https://elsewhere.example"}})


@PROBES.keep
def _fixed_properties_stay(bench: _Bench) -> bool:
    return bench.refuses("PATCH", _GROUP, {"location": "ukwest"})


@PROBES.keep
def _switched_on_stays_on(bench: _Bench) -> bool:
    bench.make(_VAULT, {**_UK, "properties": {"enablePurgeProtection": True}})
    return bench.refuses("PATCH", _VAULT, {"properties": {"enablePurgeProtection": False}})


SUBJECT = Subject("cloud", Options, PROBES, ProbeFailed)
