"""The environments as they are shipped: each file is one that is accepted, and they agree with one another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from estate_schema import Estate, Limits, load_estate, load_limits
from infra.configuration import parse
from infra.schemas import SETTINGS
from infra.settings.common import Common
from infra.settings.hybrid import HybridSettings
from infra.stack import ENVIRONMENTS, LAYERS, StackName
from rehearsal.environments import ENVIRONMENTS as REHEARSED
from rehearsal.home import Asked

FOLDER = Path(__file__).parents[2] / "environments"
STACKS = [StackName(layer, environment) for environment in ENVIRONMENTS for layer in LAYERS]
KINDS = (
    "Pulumi.foundation-",
    "Pulumi.identity-",
    "Pulumi.hybrid-",
    "approvers.",
    "estate.",
    "limits.",
    "prices.",
    "rings.",
)
TENANT_CONCURRENCY = 300
"""What all migration endpoints of a tenant may have together (fact B4)."""


def document(name: str) -> dict[str, Any]:
    """The file called *name*."""
    read: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return read


def shipped[Settings: Common](stack: StackName, model: type[Settings]) -> Settings:
    """The settings of *stack*, read as the program reads them."""
    config = document(f"Pulumi.{stack}.yaml")["config"]
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    return parse(stack, model, texts)


def hybrid(environment: str) -> HybridSettings:
    """The settings of the layer `hybrid`, which know of the sites."""
    return shipped(StackName("hybrid", environment), HybridSettings)


def estate(environment: str) -> Estate:
    """The estate file."""
    return load_estate(FOLDER / f"estate.{environment}.yaml")


def limits(environment: str) -> Limits:
    """The limits file."""
    return load_limits(FOLDER / f"limits.{environment}.yaml")


def keys(value: object) -> object:
    """The keys of *value* all the way down: lists by what their items have, values by nothing."""
    if isinstance(value, dict):
        return {key: keys(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(keys(inner), sort_keys=True) for inner in value})
    return None


def test_every_environment_is_whole() -> None:
    """It should have three stacks and the other files of each environment, and the rules of all."""
    expected = {f"{kind}{environment}.yaml" for environment in ENVIRONMENTS for kind in KINDS} | {
        "causes.yaml",
        "notices.yaml",
        "readiness.yaml",
        "services.yaml",
    }

    assert expected == {file.name for file in FOLDER.glob("*.yaml")}
    assert set(ENVIRONMENTS) == set(REHEARSED)


@pytest.mark.parametrize("stack", STACKS, ids=str)
def test_is_accepted(stack: StackName) -> None:
    """It should have only keys and values that the program accepts, and be of its environment's tenant."""
    settings = shipped(stack, SETTINGS[stack.layer])

    assert REHEARSED[stack.environment].tenant.id == settings.tenant_id


def test_no_two_environments_share_a_subscription() -> None:
    """It should name one subscription an environment, the same in both layers that have one."""
    found = {
        environment: {
            document(f"Pulumi.{layer}-{environment}.yaml")["config"]["mailwave:subscription_id"]
            for layer in ("foundation", "identity")
        }
        for environment in ENVIRONMENTS
    }

    assert all(1 == len(of_one) for of_one in found.values())
    assert len(ENVIRONMENTS) == len(set.union(*found.values()))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_domains_are_those_of_the_tenant(environment: str) -> None:
    """It should name the domains of the environment's tenant in the estate and in the stack."""
    tenant, its, stack = REHEARSED[environment].tenant, estate(environment), hybrid(environment)

    assert (environment, tenant.id, tenant.domain) == (its.environment, its.tenant.id, its.tenant.domain)
    assert (tenant.mail_domain, tenant.routing_domain) == (its.mail_domain, its.tenant.routing_domain)
    assert (tenant.mail_domain, tenant.routing_domain) == (stack.mail_domain, stack.routing_domain)
    assert tenant.organisation == stack.organisation


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_sites_are_those_that_are_rehearsed(environment: str) -> None:
    """It should name the sites, endpoints and servers, with their versions, that a rehearsal of it serves."""
    served = Asked(environment=environment).record().estate()
    expected = {
        (site.name, server.name, server.fqdn, server.version.split()[1])
        for site in served.sites
        for server in site.servers
    }

    assert expected == {
        (site.name, server.name, server.fqdn, server.version)
        for site in estate(environment).sites
        for server in site.servers
    }
    assert {(site.name, site.endpoint_host) for site in served.sites} == {
        (endpoint.name, endpoint.remote_server) for endpoint in hybrid(environment).endpoints
    }
    assert {site.endpoint for site in estate(environment).sites} == {
        endpoint.name for endpoint in hybrid(environment).endpoints
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_endpoints_stay_within_what_is_granted(environment: str) -> None:
    """It should let no endpoint go beyond its granted limits, nor all of them beyond what a tenant has."""
    granted, endpoints = limits(environment), hybrid(environment).endpoints

    for endpoint in endpoints:
        assert endpoint.migrations.maximum <= granted.concurrent_moves.granted
        assert endpoint.incremental_syncs.maximum <= granted.incremental_syncs.granted
    assert sum(endpoint.migrations.maximum for endpoint in endpoints) <= TENANT_CONCURRENCY


@pytest.mark.parametrize("kind", KINDS)
def test_production_differs_from_pilot_only_in_values(kind: str) -> None:
    """It should have the very keys that the pilot has, down to those of lists, so that nothing is new on the day."""
    assert keys(document(f"{kind}pilot.yaml")) == keys(document(f"{kind}production.yaml"))


@pytest.mark.parametrize(
    ("environment", "kept"), [("production", True), ("pilot", True), ("dev", False), ("rehearsal", False)]
)
def test_protects_what_people_depend_on(environment: str, *, kept: bool) -> None:
    """It should protect every stack where people's mail is, keep what leaves it, and do neither elsewhere."""
    stacks = [shipped(stack, SETTINGS[stack.layer]) for stack in STACKS if stack.environment == environment]

    assert [kept] * len(LAYERS) == [stack.protect for stack in stacks]
    assert kept == hybrid(environment).retain
