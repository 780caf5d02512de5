"""Which Exchange objects the stacks know, and their properties: one row each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.exchange.rules import Between, Flag, Names, Rule, Text, number

MIGRATIONS = "MaxConcurrentMigrations"
INCREMENTS = "MaxConcurrentIncrementalSyncs"


@dataclass(frozen=True)
class Property:
    """A property: its *name* in the program and the *parameter* of Exchange that reads and sets it.

    *settable* false: the live value must already satisfy the program, because the stack may not change it.
    """

    name: str
    parameter: str
    rule: Rule
    required: bool = False
    settable: bool = True


@dataclass(frozen=True)
class ObjectType:
    """A kind of object. *key* names the one; *owned* objects are made and removed by the stack, others adopted."""

    noun: str
    key: str
    properties: tuple[Property, ...]
    owned: bool = False

    @property
    def token(self) -> str:
        """The resource type in the engine."""
        return f"exchange:index:{self.noun}"

    def cmdlet(self, verb: str) -> str:
        """The cmdlet that does *verb* to such an object."""
        return f"{verb}-{self.noun}"

    def problems(self, inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return what is wrong with *inputs* beyond each property by itself."""
        return []

    def settled(self, changes: dict[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
        """Return *changes*, by parameter, made such that Exchange takes them together."""
        return changes


class EndpointType(ObjectType):
    """Migration endpoints: Exchange wants no more incremental syncs than migrations (fact B2)."""

    def problems(self, inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The two minimums must be possible together."""
        migrations, increments = inputs.get("migrations"), inputs.get("incrementalSyncs")
        if migrations and increments and increments["minimum"] > migrations["minimum"]:
            return [("incrementalSyncs", "has a minimum above that of migrations, which Exchange refuses")]
        return []

    def settled(self, changes: dict[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
        """Lower the incremental syncs with the migrations."""
        migrations = number(changes.get(MIGRATIONS, live[MIGRATIONS]))
        increments = number(changes.get(INCREMENTS, live[INCREMENTS]))
        return changes | {INCREMENTS: migrations} if changes and increments > migrations else changes


ACCEPTED_DOMAIN = ObjectType(
    noun="AcceptedDomain",
    key="domainName",
    properties=(
        Property("domainType", "DomainType", Text(("Authoritative", "InternalRelay", "ExternalRelay"))),
        Property("matchSubDomains", "MatchSubDomains", Flag()),
    ),
)

OUTBOUND_CONNECTOR = ObjectType(
    noun="OutboundConnector",
    key="name",
    owned=True,
    properties=(
        Property("connectorType", "ConnectorType", Text(("Partner", "OnPremises")), required=True),
        Property("recipientDomains", "RecipientDomains", Names()),
        Property("smartHosts", "SmartHosts", Names()),
        Property("useMxRecord", "UseMXRecord", Flag()),
        Property(
            "tlsSettings",
            "TlsSettings",
            Text(("EncryptionOnly", "CertificateValidation", "DomainValidation")),
        ),
        Property("tlsDomain", "TlsDomain", Text()),
        Property("cloudServicesMailEnabled", "CloudServicesMailEnabled", Flag()),
        Property("routeAllMessagesViaOnPremises", "RouteAllMessagesViaOnPremises", Flag()),
        Property("allAcceptedDomains", "AllAcceptedDomains", Flag()),
        Property("enabled", "Enabled", Flag()),
        Property("comment", "Comment", Text()),
    ),
)

MIGRATION_ENDPOINT = EndpointType(
    noun="MigrationEndpoint",
    key="name",
    properties=(
        Property("remoteServer", "RemoteServer", Text(), settable=False),
        Property("migrations", MIGRATIONS, Between()),
        Property("incrementalSyncs", INCREMENTS, Between()),
    ),
)

TYPES: Mapping[str, ObjectType] = {
    kind.token: kind for kind in (ACCEPTED_DOMAIN, OUTBOUND_CONNECTOR, MIGRATION_ENDPOINT)
}
