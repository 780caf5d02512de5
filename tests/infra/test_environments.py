"""The stack files as they are shipped: each is one that the program accepts, and they agree with one another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from estate_schema import load_estate, load_limits
from infra.configuration import parse
from infra.settings import Common, FoundationSettings, HybridSettings, IdentitySettings
from infra.stack import LAYERS, StackName

FOLDER = Path(__file__).parents[2] / "environments"
MODELS: dict[str, type[Common]] = {
    "foundation": FoundationSettings,
    "identity": IdentitySettings,
    "hybrid": HybridSettings,
}
STACKS = sorted(file.name.split(".")[1] for file in FOLDER.glob("Pulumi.*.yaml"))


def shipped[Settings: Common](stack: str, model: type[Settings]) -> Settings:
    document = yaml.safe_load((FOLDER / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    texts = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in document["config"].items()
    }
    return parse(StackName.parse(stack), model, texts)


@pytest.mark.parametrize("stack", STACKS)
def test_is_accepted(stack: str) -> None:
    """It should have a known name and only keys and values that the program accepts."""
    settings = shipped(stack, MODELS[StackName.parse(stack).layer])

    assert settings.tenant_id


def test_every_layer_of_the_rehearsal_is_there() -> None:
    """It should ship the three stacks that are rehearsed."""
    assert {f"{layer}-rehearsal" for layer in LAYERS} <= set(STACKS)


def test_layers_of_an_environment_are_of_one_tenant() -> None:
    """It should name one tenant in all stacks of an environment, and another tenant in each environment."""
    tenants: dict[str, set[str]] = {}
    for stack in STACKS:
        name = StackName.parse(stack)
        tenants.setdefault(name.environment, set()).add(shipped(stack, MODELS[name.layer]).tenant_id)

    assert all(len(of_one) == 1 for of_one in tenants.values())
    assert len(tenants) == len(set.union(*tenants.values()))


def test_rehearsal_agrees_with_its_estate() -> None:
    """It should name the tenant, the domains and the endpoints that the estate file of the environment names."""
    estate = load_estate(FOLDER / "estate.rehearsal.yaml")
    hybrid = shipped("hybrid-rehearsal", HybridSettings)

    assert estate.tenant.id == hybrid.tenant_id
    assert (estate.mail_domain, estate.tenant.routing_domain) == (hybrid.mail_domain, hybrid.routing_domain)
    assert {site.endpoint for site in estate.sites} == {endpoint.name for endpoint in hybrid.endpoints}


def test_endpoints_stay_within_what_is_granted() -> None:
    """It should let no endpoint go beyond the limits that Microsoft has granted to the environment."""
    limits = load_limits(FOLDER / "limits.rehearsal.yaml")
    hybrid = shipped("hybrid-rehearsal", HybridSettings)

    for endpoint in hybrid.endpoints:
        assert endpoint.migrations.maximum <= limits.concurrent_moves.granted
        assert endpoint.incremental_syncs.maximum <= limits.incremental_syncs.granted
