"""Dangerous changes as the engine tells them, each beside a harmless neighbour: data, and nothing of what judges them.

An event is a line of `pulumi preview --event-log`, as it was read from the real engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

EXCHANGE, AZURE, ENTRA = "exchange:index:", "azure-native:", "azuread:index/"
POLICY = f"{ENTRA}conditionalAccessPolicy:ConditionalAccessPolicy"
PIPELINE = f"{ENTRA}applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
IMMUTABLE = f"{AZURE}storage:BlobContainerImmutabilityPolicy"
ENDPOINT = f"{EXCHANGE}MigrationEndpoint"
SPAM = f"{EXCHANGE}HostedOutboundSpamFilterPolicy"
DAYS = "immutabilityPeriodSinceCreationInDays"

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One step of the engine: *op* on a resource of *type*, whose inputs were *old* and become *new*.

    *protected*: whether the engine refused to delete it before, and whether it does after.
    """

    type: str
    op: str
    old: Inputs
    new: Inputs
    protected: tuple[bool, bool] = (False, False)

    def event(self, name: str = "it") -> dict[str, Any]:
        """The engine's event when it plans it."""
        there, stays = self.op != "create", self.op != "delete"
        metadata = {
            "op": {"replace": "create-replacement"}.get(self.op, self.op),
            "urn": f"urn:pulumi:hybrid-pilot::mailwave::{self.type}::{name}",
            "type": self.type,
            "provider": "",
            "old": {"inputs": self.old, "outputs": self.old, "protect": self.protected[0]} if there else None,
            "new": {"inputs": self.new, "outputs": {}, "protect": self.protected[1]} if stays else None,
            "detailedDiff": dict(differences(self.old, self.new)) if there and stays else None,
        }
        return {"sequence": 1, "timestamp": 1, "resourcePreEvent": {"metadata": metadata, "planning": True}}


@dataclass(frozen=True)
class Seed:
    """A *dangerous* step of class *risk*, of which a report *says* so; *near* is like it, of class *near_risk*."""

    dangerous: Step
    risk: str
    says: str
    near: Step
    near_risk: str


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each place where the two differ, in the engine's own form of a path."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            below = f"{path}.{key}" if path else key
            if key not in old or key not in new:
                yield below, {"diffKind": "delete" if key in old else "add", "inputDiff": True}
            else:
                yield from differences(old[key], new[key], below)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            if index >= min(len(old), len(new)):
                yield (
                    f"{path}[{index}]",
                    {"diffKind": "delete" if index < len(old) else "add", "inputDiff": True},
                )
            else:
                yield from differences(old[index], new[index], f"{path}[{index}]")
    elif old != new:
        yield path, {"diffKind": "update", "inputDiff": True}


def update(kind: str, old: Inputs, new: Inputs) -> Step:
    return Step(kind, "update", old, new)


def replace(kind: str, old: Inputs, new: Inputs) -> Step:
    return Step(kind, "replace", old, new)


def protection(kind: str, old: bool, new: bool) -> Step:  # noqa: FBT001  as in `update`
    """What the engine calls no difference."""
    return Step(kind, "same", {"name": "it"}, {"name": "it"}, (old, new))


def delete(kind: str) -> Step:
    return Step(kind, "delete", {"name": "it"}, {})


def create(kind: str) -> Step:
    return Step(kind, "create", {}, {"name": "it"})


def users(*groups: str) -> Inputs:
    return {"conditions": {"users": {"excludedGroups": [*groups], "includedUsers": ["All"]}}}


SEEDS: dict[str, Seed] = {
    "connector replaced": Seed(
        replace(f"{EXCHANGE}OutboundConnector", {"name": "a"}, {"name": "b"}), "mail-routing",
        "stops until the new connector stands",
        update(f"{EXCHANGE}OutboundConnector", {"comment": "a"}, {"comment": "b"}), "cosmetic",
    ),
    "connector switched off": Seed(
        update(f"{EXCHANGE}InboundConnector", {"enabled": True}, {"enabled": False}), "mail-routing", "switched off",
        update(f"{EXCHANGE}InboundConnector", {"enabled": False}, {"enabled": True}), "mail-routing",
    ),
    "smart host changed": Seed(
        update(f"{EXCHANGE}OutboundConnector", {"smartHosts": ["a"]}, {"smartHosts": ["b"]}), "mail-routing",
        "another host",
        create(f"{EXCHANGE}OutboundConnector"), "mail-routing",
    ),
    "TLS not required": Seed(
        update(f"{EXCHANGE}InboundConnector", {"requireTls": True}, {"requireTls": False}), "mail-routing",
        "unencrypted",
        update(f"{EXCHANGE}InboundConnector", {"connectorSource": "a"}, {"connectorSource": "b"}), "mail-routing",
    ),
    "domain authoritative": Seed(
        update(f"{EXCHANGE}AcceptedDomain", {"domainType": "InternalRelay"}, {"domainType": "Authoritative"}),
        "mail-routing", "relays nothing",
        update(f"{EXCHANGE}AcceptedDomain", {"domainType": "Authoritative"}, {"domainType": "InternalRelay"}),
        "mail-routing",
    ),
    "domain deleted": Seed(
        delete(f"{EXCHANGE}AcceptedDomain"), "mail-routing", "takes no more mail",
        create(f"{EXCHANGE}AcceptedDomain"), "mail-routing",
    ),
    "MX changed": Seed(
        update(f"{AZURE}dns:RecordSet", {"mxRecords": [{"exchange": "a"}]}, {"mxRecords": [{"exchange": "b"}]}),
        "mail-routing", "another exchanger",
        update(f"{AZURE}dns:RecordSet", {"ttl": 300}, {"ttl": 600}), "mail-routing",
    ),
    "zone deleted": Seed(
        delete(f"{AZURE}dns:Zone"), "mail-routing", "every name in the zone is gone",
        create(f"{AZURE}dns:Zone"), "mail-routing",
    ),
    "forwarding allowed": Seed(
        update(SPAM, {"autoForwardingMode": "Off"}, {"autoForwardingMode": "On"}), "mail-routing", "forwarded out",
        update(SPAM, {"autoForwardingMode": "On"}, {"autoForwardingMode": "Off"}), "data",
    ),
    "wrong group excluded": Seed(
        update(POLICY, users("break-glass"), users("break-glass", "everybody")), "identity", "outside of a rule",
        update(POLICY, {"displayName": "a"}, {"displayName": "b"}), "cosmetic",
    ),
    "policy only reported": Seed(
        update(POLICY, {"state": "enabled"}, {"state": "enabledForReportingButNotEnforced"}), "identity",
        "no longer enforced",
        update(POLICY, {"grantControls": {"operator": "OR"}}, {"grantControls": {"operator": "AND"}}), "identity",
    ),
    "policy enforced": Seed(
        update(POLICY, {"state": "enabledForReportingButNotEnforced"}, {"state": "enabled"}), "identity",
        "may keep people out",
        create(POLICY), "identity",
    ),
    "role given": Seed(
        create(f"{ENTRA}directoryRoleAssignment:DirectoryRoleAssignment"), "identity", "privileged role",
        create(f"{ENTRA}groupWithoutMembers:GroupWithoutMembers"), "identity",
    ),
    "pipeline trusted": Seed(
        update(PIPELINE, {"subject": "repo:a"}, {"subject": "repo:b"}), "identity", "another pipeline",
        update(PIPELINE, {"description": "a"}, {"description": "b"}), "cosmetic",
    ),
    "modern sign-in off": Seed(
        update(f"{EXCHANGE}OrganizationConfig", {"oAuth2ClientProfileEnabled": True},
               {"oAuth2ClientProfileEnabled": False}), "identity", "modern sign-in",
        update(f"{EXCHANGE}OrganizationConfig", {"oAuth2ClientProfileEnabled": False},
               {"oAuth2ClientProfileEnabled": True}), "identity",
    ),
    "licence group cut": Seed(
        delete(f"{ENTRA}groupLicense:GroupLicense"), "data", "lose their licences",
        create(f"{ENTRA}groupLicense:GroupLicense"), "data",
    ),
    "lock removed": Seed(
        delete(f"{AZURE}authorization:ManagementLockAtResourceGroupLevel"), "data", "can be deleted",
        create(f"{AZURE}authorization:ManagementLockAtResourceGroupLevel"), "data",
    ),
    "evidence unlocked": Seed(
        delete(IMMUTABLE), "data", "evidence can be changed",
        create(IMMUTABLE), "data",
    ),
    "evidence kept shorter": Seed(
        update(IMMUTABLE, {DAYS: 3650.0}, {DAYS: 30.0}), "data", "deleted earlier",
        update(IMMUTABLE, {DAYS: 30.0}, {DAYS: 3650.0}), "data",
    ),
    "vault open to the internet": Seed(
        update(f"{AZURE}keyvault:Vault", {"properties": {"publicNetworkAccess": "Disabled"}},
               {"properties": {"publicNetworkAccess": "Enabled"}}), "data", "reached from the internet",
        update(f"{AZURE}keyvault:Vault", {"properties": {"publicNetworkAccess": "Enabled"}},
               {"properties": {"publicNetworkAccess": "Disabled"}}), "data",
    ),
    "ledger's server replaced": Seed(
        replace(f"{AZURE}dbforpostgresql:Server", {"version": "16"}, {"version": "17"}), "data", "is gone",
        update(f"{AZURE}dbforpostgresql:Server", {"tags": {"owner": "a"}}, {"tags": {"owner": "b"}}), "cosmetic",
    ),
    "auditing off": Seed(
        update(f"{EXCHANGE}OrganizationConfig", {"auditDisabled": False}, {"auditDisabled": True}), "data",
        "no longer audited",
        update(f"{EXCHANGE}OrganizationConfig", {"auditDisabled": True}, {"auditDisabled": False}), "identity",
    ),
    "endpoint deleted": Seed(
        delete(ENDPOINT), "capacity", "moves under way through it stop",
        create(ENDPOINT), "capacity",
    ),
    "concurrency raised": Seed(
        update(ENDPOINT, {"migrations": {"maximum": 100.0}}, {"migrations": {"maximum": 300.0}}), "capacity",
        "more moves at once",
        update(ENDPOINT, {"migrations": {"minimum": 10.0}}, {"migrations": {"minimum": 20.0}}), "capacity",
    ),
    "concurrency lowered": Seed(
        update(ENDPOINT, {"incrementalSyncs": {"maximum": 100.0}}, {"incrementalSyncs": {"maximum": 20.0}}),
        "capacity", "moves become slower",
        update(ENDPOINT, {"incrementalSyncs": {"maximum": 100.0}},
               {"incrementalSyncs": {"maximum": 100.0}, "comments": "a"}), "cosmetic",
    ),
    "protection lifted": Seed(
        protection(f"{AZURE}keyvault:Vault", True, False), "data", "may delete it",
        protection(f"{AZURE}keyvault:Vault", False, True), "data",
    ),
    "gateway replaced": Seed(
        replace(f"{AZURE}network:VirtualNetworkGateway", {"location": "a"}, {"location": "b"}), "capacity",
        "lose the way",
        update(f"{AZURE}network:Subnet", {"tags": {"a": "b"}, "addressPrefix": "a"},
               {"tags": {"a": "c"}, "addressPrefix": "b"}), "capacity",
    ),
}  # fmt: skip
"""By what somebody did."""
