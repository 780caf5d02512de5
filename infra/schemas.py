"""Writes the JSON schemas of the stack files in environments/: ``python -m infra.schemas [folder]``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.settings.common import Common
from infra.settings.foundation import FoundationSettings
from infra.settings.hybrid import HybridSettings
from infra.settings.identity import IdentitySettings
from infra.stack import ENGINE_NAMESPACE, PROJECT

FOLDER = Path("environments/schemas")
SETTINGS: Mapping[str, type[Common]] = {
    "foundation": FoundationSettings,
    "identity": IdentitySettings,
    "hybrid": HybridSettings,
}
"""The settings of each layer."""

_SECRETS_PROVIDER: dict[str, Any] = {
    "encryptionsalt": {"type": "string", "description": "Of the passphrase; written by `pulumi stack init`"},
    "secretsprovider": {"type": "string", "description": "Such as awskms://; written by `pulumi stack init`"},
    "encryptedkey": {"type": "string", "description": "The key of the secrets provider, written with it"},
}
"""What the engine itself keeps in a stack file."""

_QUOTED = {"boolean": "^(true|false)$", "integer": "^[0-9]+$"}
"""`pulumi config set` writes these types in quotes, which is as good."""


def name_of(layer: str) -> str:
    """The file that holds the schema of the stacks of *layer*."""
    return f"Pulumi.{layer}.schema.json"


def render(layer: str) -> str:
    """The JSON schema of the stack files of *layer*, ready to be written."""
    return json.dumps(schema(layer), indent=2, ensure_ascii=False) + "\n"


def schema(layer: str) -> dict[str, Any]:
    """The JSON schema of the stack files of *layer*: its settings, each under its full key."""
    model = SETTINGS[layer].model_json_schema()
    keys = {f"{PROJECT}:{name}": _either_way(value) for name, value in model["properties"].items()}
    config = {
        "type": "object",
        "description": model["description"],
        "properties": keys,
        "patternProperties": {f"^{ENGINE_NAMESPACE}:": {"description": "Read by the engine itself"}},
        "required": [f"{PROJECT}:{name}" for name in model["required"]],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Stack of the layer {layer}",
        "type": "object",
        "properties": {"config": config, **_SECRETS_PROVIDER},
        "required": ["config"],
        "additionalProperties": False,
        "$defs": model.get("$defs", {}),
    }


def _either_way(value: dict[str, Any]) -> dict[str, Any]:
    """*value*, which the file may hold in quotes where it is a number or true or false."""
    pattern = _QUOTED.get(value.get("type", ""))
    if pattern is None:
        return value
    shared: dict[str, Any] = {
        name: value[name] for name in ("title", "description", "default") if name in value
    }
    plain = {name: part for name, part in value.items() if name not in shared}
    return {**shared, "anyOf": [plain, {"type": "string", "pattern": pattern}]}


def write(folder: Path) -> None:
    """Write every schema into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    for layer in SETTINGS:
        (folder / name_of(layer)).write_text(render(layer), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
