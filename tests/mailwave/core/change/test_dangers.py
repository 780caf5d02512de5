"""Tests of what a board is told: dangerous changes in the right class, and their harmless neighbours in none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailwave.core.change.dangers import DANGERS
from mailwave.core.change.risks import Judged, Risk, judge
from mailwave.core.stacks import PropertyChange, StackChange

EXCHANGE, AZURE, ENTRA = "exchange:index:", "azure-native:", "azuread:index/"
POLICY = f"{ENTRA}conditionalAccessPolicy:ConditionalAccessPolicy"


def change(kind: str, operation: str, **properties: tuple[Any, Any]) -> StackChange:
    """A change of a resource of *kind*; double underscores in a property's name are dots, None is no value."""
    differing = tuple(
        PropertyChange(
            path.replace("__", "."), *("" if value is None else json.dumps(value) for value in values)
        )
        for path, values in properties.items()
    )
    return StackChange("it", kind, operation, differing)


def judged(found: StackChange) -> Judged:
    """The one judgement of *found*."""
    (one,) = judge("hybrid-pilot", [found], DANGERS)
    return one


DANGEROUS: dict[str, tuple[StackChange, Risk, str]] = {
    "connector replaced": (
        change(f"{EXCHANGE}OutboundConnector", "replace", name=("a", "b")),
        Risk.MAIL_ROUTING,
        "stops until the new connector stands",
    ),
    "connector switched off": (
        change(f"{EXCHANGE}InboundConnector", "update", enabled=(True, False)),
        Risk.MAIL_ROUTING,
        "switched off",
    ),
    "smart host changed": (
        change(f"{EXCHANGE}OutboundConnector", "update", smartHosts=(["a"], ["b"])),
        Risk.MAIL_ROUTING,
        "another host",
    ),
    "TLS not required": (
        change(f"{EXCHANGE}InboundConnector", "update", requireTls=(True, False)),
        Risk.MAIL_ROUTING,
        "unencrypted",
    ),
    "domain authoritative": (
        change(f"{EXCHANGE}AcceptedDomain", "update", domainType=("InternalRelay", "Authoritative")),
        Risk.MAIL_ROUTING,
        "relays nothing",
    ),
    "domain deleted": (
        change(f"{EXCHANGE}AcceptedDomain", "delete"),
        Risk.MAIL_ROUTING,
        "takes no more mail",
    ),
    "MX changed": (
        change(f"{AZURE}dns:RecordSet", "update", mxRecords__0__exchange=("a", "b")),
        Risk.MAIL_ROUTING,
        "another exchanger",
    ),
    "forwarding allowed": (
        change(f"{EXCHANGE}HostedOutboundSpamFilterPolicy", "update", autoForwardingMode=("Off", "On")),
        Risk.MAIL_ROUTING,
        "forwarded out",
    ),
    "wrong group excluded": (
        change(POLICY, "update", **{"conditions__users__excludedGroups[0]": (None, "everybody")}),
        Risk.IDENTITY,
        "outside of a rule",
    ),
    "policy only reported": (
        change(POLICY, "update", state=("enabled", "enabledForReportingButNotEnforced")),
        Risk.IDENTITY,
        "no longer enforced",
    ),
    "policy enforced": (
        change(POLICY, "update", state=("enabledForReportingButNotEnforced", "enabled")),
        Risk.IDENTITY,
        "may keep people out",
    ),
    "role given": (
        change(f"{ENTRA}directoryRoleAssignment:DirectoryRoleAssignment", "create"),
        Risk.IDENTITY,
        "privileged role",
    ),
    "pipeline trusted": (
        change(
            f"{ENTRA}applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
            "update",
            subject=("repo:a", "repo:b"),
        ),
        Risk.IDENTITY,
        "another pipeline",
    ),
    "modern sign-in off": (
        change(f"{EXCHANGE}OrganizationConfig", "update", oAuth2ClientProfileEnabled=(True, False)),
        Risk.IDENTITY,
        "modern sign-in",
    ),
    "licence group cut": (
        change(f"{ENTRA}groupLicense:GroupLicense", "delete"),
        Risk.DATA,
        "lose their licences",
    ),
    "lock removed": (
        change(f"{AZURE}authorization:ManagementLockAtResourceGroupLevel", "delete"),
        Risk.DATA,
        "can be deleted",
    ),
    "evidence unlocked": (
        change(f"{AZURE}storage:BlobContainerImmutabilityPolicy", "delete"),
        Risk.DATA,
        "evidence can be changed",
    ),
    "evidence kept shorter": (
        change(
            f"{AZURE}storage:BlobContainerImmutabilityPolicy",
            "update",
            immutabilityPeriodSinceCreationInDays=(3650, 30),
        ),
        Risk.DATA,
        "deleted earlier",
    ),
    "vault open to the internet": (
        change(f"{AZURE}keyvault:Vault", "update", properties__publicNetworkAccess=("Disabled", "Enabled")),
        Risk.DATA,
        "reached from the internet",
    ),
    "ledger's server replaced": (change(f"{AZURE}dbforpostgresql:Server", "replace"), Risk.DATA, "is gone"),
    "auditing off": (
        change(f"{EXCHANGE}OrganizationConfig", "update", auditDisabled=(False, True)),
        Risk.DATA,
        "no longer audited",
    ),
    "endpoint deleted": (
        change(f"{EXCHANGE}MigrationEndpoint", "delete"),
        Risk.CAPACITY,
        "moves under way through it stop",
    ),
    "concurrency raised": (
        change(f"{EXCHANGE}MigrationEndpoint", "update", migrations__maximum=(100, 300)),
        Risk.CAPACITY,
        "more moves at once",
    ),
    "concurrency lowered": (
        change(f"{EXCHANGE}MigrationEndpoint", "update", incrementalSyncs__maximum=(100, 20)),
        Risk.CAPACITY,
        "moves become slower",
    ),
    "gateway replaced": (
        change(f"{AZURE}network:VirtualNetworkGateway", "replace"),
        Risk.CAPACITY,
        "lose the way",
    ),
}

HARMLESS: dict[str, tuple[StackChange, Risk]] = {
    "connector's comment": (
        change(f"{EXCHANGE}OutboundConnector", "update", comment=("a", "b")),
        Risk.COSMETIC,
    ),
    "connector switched on": (
        change(f"{EXCHANGE}InboundConnector", "update", enabled=(False, True)),
        Risk.MAIL_ROUTING,
    ),
    "domain relays again": (
        change(f"{EXCHANGE}AcceptedDomain", "update", domainType=("Authoritative", "InternalRelay")),
        Risk.MAIL_ROUTING,
    ),
    "a record made": (change(f"{AZURE}dns:RecordSet", "create"), Risk.MAIL_ROUTING),
    "forwarding refused": (
        change(f"{EXCHANGE}HostedOutboundSpamFilterPolicy", "update", autoForwardingMode=("On", "Off")),
        Risk.DATA,
    ),
    "policy's name": (change(POLICY, "update", displayName=("a", "b")), Risk.COSMETIC),
    "tags": (change(f"{AZURE}storage:StorageAccount", "update", tags__owner=("a", "b")), Risk.COSMETIC),
    "tags and more": (
        change(f"{AZURE}network:Subnet", "update", tags__owner=("a", "b"), addressPrefix=("a", "b")),
        Risk.CAPACITY,
    ),
    "evidence kept longer": (
        change(
            f"{AZURE}storage:BlobContainerImmutabilityPolicy",
            "update",
            immutabilityPeriodSinceCreationInDays=(30, 3650),
        ),
        Risk.DATA,
    ),
    "vault closed": (
        change(f"{AZURE}keyvault:Vault", "update", properties__publicNetworkAccess=("Enabled", "Disabled")),
        Risk.DATA,
    ),
    "auditing on": (
        change(f"{EXCHANGE}OrganizationConfig", "update", auditDisabled=(True, False)),
        Risk.IDENTITY,
    ),
    "least concurrency": (
        change(f"{EXCHANGE}MigrationEndpoint", "update", migrations__minimum=(10, 20)),
        Risk.CAPACITY,
    ),
    "a number not known yet": (
        change(f"{EXCHANGE}MigrationEndpoint", "update", migrations__maximum=(None, "(not known yet)")),
        Risk.CAPACITY,
    ),
}


@pytest.mark.parametrize("name", DANGEROUS)
def test_what_is_dangerous_is_said_in_its_class(name: str) -> None:
    """It should class the change rightly, and say in plain words what may happen."""
    found, risk, says = DANGEROUS[name]
    assert (risk, True) == (judged(found).risk, says in judged(found).danger), judged(found)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_not_is_not(name: str) -> None:
    """It should warn of nothing where the change goes the other way, or touches a label only."""
    found, risk = HARMLESS[name]
    assert (risk, "") == (judged(found).risk, judged(found).danger)


def test_the_worst_comes_first() -> None:
    """It should order changes by risk, the dangerous before the others of one risk."""
    changes = [
        HARMLESS["tags"][0],
        DANGEROUS["endpoint deleted"][0],
        HARMLESS["a record made"][0],
        DANGEROUS["MX changed"][0],
    ]
    found = judge("foundation-pilot", changes, DANGERS)
    assert [Risk.MAIL_ROUTING, Risk.MAIL_ROUTING, Risk.CAPACITY, Risk.COSMETIC] == [
        each.risk for each in found
    ]
    assert [True, False] == [bool(each.danger) for each in found[:2]]


def test_what_nobody_has_classed_is_the_worst() -> None:
    """It should not take a new type of resource for a harmless one."""
    assert Risk.MAIL_ROUTING is judged(change("somebody:index:Thing", "create")).risk
