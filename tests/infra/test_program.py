"""The program as the engine runs it: a stack's name and its configuration go in, outputs come out."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.runtime import set_all_config

from infra.errors import BadSetting, StillNeeded, UnknownStack
from infra.program import program
from mailwave.core.change.classes import CLASSES
from tests.infra.doubles import FOUNDATION_OUTPUTS, IDENTITY_OUTPUTS, TENANT, Clouds, run

ENVIRONMENTS = Path(__file__).parents[2] / "environments"
INFRA = Path(__file__).parents[2] / "infra"
STACKS = ("foundation-rehearsal", "identity-rehearsal", "hybrid-rehearsal")


def configuration(stack: str) -> dict[str, str]:
    """The stack's file as the engine hands it over: a structured value as JSON, and any other as text."""
    kept = yaml.safe_load((ENVIRONMENTS / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
    return {
        key: value if isinstance(value, str) else json.dumps(value, default=str)
        for key, value in kept.items()
    }


def ran(stack: str, configuration: dict[str, str]) -> tuple[Clouds, dict[str, Any]]:
    lower = {"foundation-rehearsal": FOUNDATION_OUTPUTS, "identity-rehearsal": IDENTITY_OUTPUTS}
    clouds = Clouds(stacks=lower).install(stack)
    set_all_config(configuration, [])
    return clouds, run(program)


@pytest.mark.parametrize("stack", STACKS)
def test_lays_the_layer_that_the_stack_is_named_after(stack: str) -> None:
    """It should declare the components of its own layer, and of no other."""
    clouds, outputs = ran(stack, configuration(stack))

    declared = {request.type for request in clouds.monitor.registered if request.type.startswith("mailwave:")}
    layer = stack.partition("-")[0]
    assert {layer} == {component.split(":")[1] for component in declared}
    assert TENANT == outputs["tenant_id"]


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_has_a_class_of_risk(stack: str) -> None:
    """It should declare nothing of which a change board would not be told what it puts at risk."""
    clouds, _ = ran(stack, configuration(stack))

    types = {request.type for request in clouds.monitor.registered if request.custom}
    assert set() == {each for each in types if not each.startswith("pulumi:")} - {*CLASSES}


@pytest.mark.parametrize("stack", STACKS)
def test_gives_every_resource_a_provider_of_its_own(stack: str) -> None:
    """It should leave no resource to a default provider, which could be signed in anywhere."""
    clouds, _ = ran(stack, configuration(stack))

    custom = [request for request in clouds.monitor.registered if request.custom]
    ours = [request for request in custom if not request.type.startswith("pulumi:providers:")]
    assert len(ours) > 0
    assert [] == [request.name for request in ours if not request.provider]


@pytest.mark.parametrize("stack", STACKS)
def test_a_removed_stack_declares_nothing(stack: str) -> None:
    """It should declare nothing and export nothing, so that the engine plans to delete all that there is."""
    clouds = Clouds(stacks={"hybrid-rehearsal": {}}).install(stack)  # which was removed before
    set_all_config({**configuration(stack), "mailwave:removed": "true"}, [])

    outputs = run(program)

    assert ([], {}) == (clouds.monitor.registered, outputs)


@pytest.mark.parametrize("stack", STACKS[:2])
def test_a_stack_that_others_stand_on_is_not_removed(stack: str) -> None:
    """It should name the stack that is to go first, whether it is the next one up or a higher one."""
    Clouds(stacks={"hybrid-rehearsal": {"tenant_id": TENANT}}).install(stack)
    set_all_config({**configuration(stack), "mailwave:removed": "true"}, [])
    with pytest.raises(StillNeeded, match="while hybrid-rehearsal stands on it"):
        run(program)


def test_refuses_an_unknown_stack_before_it_reads_anything() -> None:
    """It should refuse a stack that is no layer of a known environment."""
    with pytest.raises(UnknownStack):
        ran("foundation-prod", {})


def test_refuses_the_configuration_of_another_layer() -> None:
    """It should refuse keys that belong to another layer."""
    with pytest.raises(BadSetting) as refused:
        ran("identity-rehearsal", configuration("foundation-rehearsal"))

    assert "mailwave:alerts" == refused.value.key


def test_stops_the_engine_without_a_traceback() -> None:
    """It should raise what the engine shows as one sentence."""
    with pytest.raises(pulumi.RunError):
        ran("foundation-rehearsal", {})


@pytest.mark.parametrize("layer", ["foundation", "identity", "hybrid"])
def test_no_resource_is_made_inside_apply(layer: str) -> None:
    """It should call `apply` nowhere in a layer, so that a preview knows every resource."""
    trees = {file: ast.parse(file.read_bytes()) for file in (INFRA / layer).glob("*.py")}
    assert len(trees) > 5
    assert [] == [
        f"{file.name}:{node.lineno}"
        for file, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "apply"
    ]
