"""What the collection says of itself, and what it does: the two must agree."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.mailwave.exchange.plugins.plugin_utils.engine import argument_spec
from ansible_collections.mailwave.exchange.plugins.plugin_utils.receive_connectors import RECEIVE_CONNECTOR

PLUGINS = "ansible_collections.mailwave.exchange.plugins"
ACTIONS = ("migration_batch", "receive_connector", "receive_connector_info")
COLLECTION = (
    Path(__file__).resolve().parents[3] / "playbooks/collections/ansible_collections/mailwave/exchange"
)
KEYS = ("type", "required", "default", "choices", "elements")


def documented(action: str) -> dict[str, Any]:
    module = importlib.import_module(f"{PLUGINS}.modules.{action}")
    document: dict[str, Any] = yaml.safe_load(module.DOCUMENTATION)
    return document


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


@pytest.mark.parametrize("action", ACTIONS)
def test_examples(action: str) -> None:
    """It should give examples that use only options it takes."""
    module = importlib.import_module(f"{PLUGINS}.modules.{action}")

    used = {
        option for task in yaml.safe_load(module.EXAMPLES) for option in task[f"mailwave.exchange.{action}"]
    }

    assert used <= set(documented(action)["options"])


def test_every_module_has_its_action() -> None:
    """It should have one documentation for one action, and no other."""
    found = {
        folder: {path.stem for path in (COLLECTION / "plugins" / folder).glob("*.py")} for folder in _FOLDERS
    }

    assert {"action": set(ACTIONS), "modules": set(ACTIONS)} == found


_FOLDERS = ("action", "modules")


def test_role_takes_what_the_action_takes() -> None:
    """It should let the role set every property of the action, and hand on every one that it takes."""
    specs = yaml.safe_load((COLLECTION / "roles/receive_connector/meta/argument_specs.yml").read_text())
    tasks = yaml.safe_load((COLLECTION / "roles/receive_connector/tasks/connector.yml").read_text())
    table = argument_spec(RECEIVE_CONNECTOR)

    settings = specs["argument_specs"]["main"]["options"]["receive_connector_settings"]["options"]
    handed_on = set(tasks[0]["mailwave.exchange.receive_connector"]) - {"site", "server", "name", "state"}

    assert table == {name: only(option) for name, option in settings.items()}
    assert set(table) == handed_on


def test_licence() -> None:
    """It should carry the whole text of its licence, and name it."""
    galaxy = yaml.safe_load((COLLECTION / "galaxy.yml").read_text())

    assert galaxy["license"] == ["GPL-3.0-or-later"]
    assert "END OF TERMS AND CONDITIONS" in (COLLECTION / "LICENSE").read_text()
