"""What people change behind Pulumi's back, kind by kind, and what a preview must show of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.cloud.tamper import Tamper
from tests.end_to_end.operator import Operator
from tests.end_to_end.stranger import Stranger


@dataclass(frozen=True)
class Drift:
    """An object of type *token* is changed by *values*, or removed where there are none.

    *shown*: the property that the preview must name, empty for an object that must be made again. *name* is in the
    address of the one that is meant, where there are several.
    """

    token: str
    shown: str = ""
    values: Mapping[str, Any] | None = None
    name: str = ""

    def is_among(self, properties: Sequence[str]) -> bool:
        """Whether the preview shows it by these *properties*: others may follow from it, as unknown until then."""
        return _is_among(self.shown, properties)


@dataclass(frozen=True)
class Retold:
    """An object of the kind *noun* in Exchange Online is changed by the *values* of Set-."""

    noun: str
    shown: str
    values: Mapping[str, Any]

    @property
    def token(self) -> str:
        """The type of its resource."""
        return f"exchange:index:{self.noun}"

    def is_among(self, properties: Sequence[str]) -> bool:
        """Whether the preview shows it by these *properties*."""
        return _is_among(self.shown, properties)


def _is_among(shown: str, properties: Sequence[str]) -> bool:
    return any(each.startswith(shown) for each in properties) if shown else not properties


DRIFTS: Mapping[str, tuple[Drift | Retold, ...]] = {
    "foundation": (
        Drift("azure-native:storage:StorageAccount", "minimumTlsVersion", {"minimumTlsVersion": "TLS1_0"}),
        Drift(
            "azure-native:storage:BlobServiceProperties",
            "isVersioningEnabled",
            {"isVersioningEnabled": False},
        ),
        Drift(
            "azure-native:keyvault:Vault",
            "properties.publicNetworkAccess",
            {"properties": {"publicNetworkAccess": "Enabled"}},
        ),
        Drift("azure-native:network:NetworkSecurityGroup", "securityRules", {"securityRules": []}),
        Drift("azure-native:dns:RecordSet", "ttl", {"ttl": 60}),
        Drift("azure-native:monitor:ScheduledQueryRule", "enabled", {"enabled": False}),
        Drift("azure-native:monitor:MetricAlert", "severity", {"severity": 4}),
        Drift(
            "azure-native:dbforpostgresql:Configuration",
            "value",
            {"value": "TLSv1.2"},
            "ssl_min_protocol_version",
        ),
        Drift("azure-native:consumption:Budget"),
    ),
    "identity": (
        Drift(
            "azuread:index/application:Application",
            "signInAudience",
            {"signInAudience": "AzureADMultipleOrgs"},
        ),
        Drift(
            "azuread:index/conditionalAccessPolicy:ConditionalAccessPolicy", "state", {"state": "disabled"}
        ),
        Drift(
            "azuread:index/groupWithoutMembers:GroupWithoutMembers", "description", {"description": "mine"}
        ),
        Drift("azuread:index/administrativeUnit:AdministrativeUnit"),
    ),
    "hybrid": (
        Retold("AcceptedDomain", "domainType", {"DomainType": "Authoritative"}),
        Retold("OutboundConnector", "smartHosts", {"SmartHosts": ["elsewhere.example"]}),
    ),
}
"""By layer: the kinds that are tampered with, one object of each."""


@dataclass
class Tampering:
    """Who tampers with what *operator* has deployed."""

    operator: Operator

    @property
    def _cloud(self) -> Tamper:
        return Tamper(self.operator.environment["REHEARSAL_CLOUD"])

    @property
    def _exchange(self) -> Stranger:
        return Stranger(Path(self.operator.environment["MAILWAVE_ENDPOINTS"]))

    def do(self, drift: Drift | Retold) -> None:
        """Change or remove one object."""
        if isinstance(drift, Retold):
            identity = self._row(drift)["Identity"]
            self._exchange.invoke(f"Set-{drift.noun}", Identity=identity, **drift.values)
            return
        where = self._where(drift)
        if drift.values is None:
            self._cloud.delete(where)
        else:
            self._cloud.change(where, drift.values)

    def look(self, drift: Drift | Retold) -> object:
        """What *drift* is about: the value that it changes, or how many objects of the type there are."""
        if isinstance(drift, Retold):
            row = self._row(drift)
            return {name: row[name] for name in drift.values}
        objects = self._cloud.objects(drift.token)
        if drift.values is None:
            return len(objects)
        found: Any = objects[self._where(drift)]
        for part in drift.shown.split("."):
            found = found[part]
        return found

    def _where(self, drift: Drift) -> str:
        """The address of the first object that is meant."""
        return next(where for where in sorted(self._cloud.objects(drift.token)) if drift.name in where)

    def _row(self, drift: Retold) -> dict[str, Any]:
        """The first object of that kind, by its name; a mail domain that the tenant was born with is not ours."""
        rows = sorted(self._exchange.invoke(f"Get-{drift.noun}"), key=lambda row: str(row["Identity"]))
        return next(row for row in rows if not str(row["Identity"]).endswith("onmicrosoft.com"))
