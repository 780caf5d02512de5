"""The shipped settings of the rehearsal's hybrid layer, which tests change one value at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from infra.configuration import parse
from infra.settings.hybrid import HybridSettings
from infra.stack import StackName

STACK = StackName("hybrid", "rehearsal")
FILE = Path(__file__).parents[3] / "environments" / f"Pulumi.{STACK}.yaml"


def shipped(**changed: Any) -> HybridSettings:
    """The settings with some values *changed*."""
    config = yaml.safe_load(FILE.read_text(encoding="utf-8"))["config"]
    config |= {f"mailwave:{key}": value for key, value in changed.items()}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    return parse(STACK, HybridSettings, texts)
