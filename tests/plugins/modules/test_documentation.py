"""What the collection says of itself, and what it does: the two must agree."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailwave.exchange.plugins.plugin_utils.object_types import (
    argument_spec,
    naming_spec,
    object_type,
    object_types,
)

from tools.exchange_modules import stale

PLUGINS = "ansible_collections.mailwave.exchange.plugins"
COLLECTION = (
    Path(__file__).resolve().parents[3] / "playbooks/collections/ansible_collections/mailwave/exchange"
)
ROUTED = "kept_object"
"""The one action that every module of one kind of object leads to."""
ACTIONS = sorted(path.stem for path in (COLLECTION / "plugins/action").glob("*.py") if path.stem != ROUTED)
KINDS = sorted(object_types())
KEYS = ("type", "required", "default", "choices", "elements")


def documented(action: str) -> dict[str, Any]:
    """What Ansible reads of *action*: what its module says, with the options of the fragments that it names."""
    module = importlib.import_module(f"{PLUGINS}.modules.{action}")
    document: dict[str, Any] = yaml.safe_load(module.DOCUMENTATION)
    options = dict(document.get("options", {}))
    for name in document.get("extends_documentation_fragment", []):
        common = fragment(name)
        assert not options.keys() & common.keys(), f"{action} says again what {name} says"
        options |= common
    return document | {"options": options}


def fragment(name: str) -> dict[str, Any]:
    """The options of the fragment *name* of this collection."""
    module = importlib.import_module(f"{PLUGINS}.doc_fragments.{name.removeprefix('mailwave.exchange.')}")
    document: dict[str, Any] = yaml.safe_load(module.ModuleDocFragment.DOCUMENTATION)
    return dict(document["options"])


def only(option: dict[str, Any]) -> dict[str, Any]:
    return {key: option[key] for key in KEYS if key in option}


@pytest.mark.parametrize("action", ACTIONS)
def test_options(action: str) -> None:
    """It should document exactly the options that the action takes."""
    spec = importlib.import_module(f"{PLUGINS}.action.{action}").ActionModule.SPEC

    options = documented(action)["options"]

    assert {name: only(option) for name, option in spec.items()} == {
        name: only(option) for name, option in options.items()
    }


@pytest.mark.parametrize("action", [*ACTIONS, *KINDS])
def test_examples(action: str) -> None:
    """It should give examples that use only options it takes."""
    module = importlib.import_module(f"{PLUGINS}.modules.{action}")

    used = {
        option for task in yaml.safe_load(module.EXAMPLES) for option in task[f"mailwave.exchange.{action}"]
    }

    assert used <= set(documented(action)["options"])


def test_every_module_has_its_action() -> None:
    """It should have one documentation for one action or kind of object, and no other."""
    found = {path.stem for path in (COLLECTION / "plugins/modules").glob("*.py")}

    assert {*ACTIONS, *KINDS} == found


def test_kinds_are_routed() -> None:
    """It should lead the module of every kind of object, and no other, to the one action that keeps objects."""
    runtime = yaml.safe_load((COLLECTION / "meta/runtime.yml").read_text())

    modules = runtime["plugin_routing"]["modules"]

    assert {name: {"action_plugin": f"mailwave.exchange.{ROUTED}"} for name in KINDS} == modules


def test_kinds_are_documented() -> None:
    """It should have the documentation of every kind as its table makes it, with just the options that it takes."""
    assert stale() == []
    for name in KINDS:
        kind = object_type(name)
        spec = naming_spec(kind) | argument_spec(kind)
        options = documented(name)["options"]
        assert {key: only(option) for key, option in spec.items()} == {
            key: only(option) for key, option in options.items()
        }, name


def test_role_takes_what_the_kind_has() -> None:
    """It should let the role of receive connectors set every property of one."""
    specs = yaml.safe_load((COLLECTION / "roles/receive_connector/meta/argument_specs.yml").read_text())

    settings = specs["argument_specs"]["main"]["options"]["receive_connector_settings"]["options"]

    assert argument_spec(object_type("receive_connector")) == {
        name: only(option) for name, option in settings.items()
    }


def test_licence() -> None:
    """It should carry the whole text of its licence, and name it."""
    galaxy = yaml.safe_load((COLLECTION / "galaxy.yml").read_text())

    assert galaxy["license"] == ["GPL-3.0-or-later"]
    assert "END OF TERMS AND CONDITIONS" in (COLLECTION / "LICENSE").read_text()
