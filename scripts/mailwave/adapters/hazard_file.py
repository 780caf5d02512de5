"""The hazard log as people keep it: `docs/safety/hazard-log.yaml`."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

from mailwave.core.hazards import HazardLog


def load(file: Path) -> HazardLog:
    """Read the log in *file*; raise `msgspec.ValidationError` with the key that is wrong."""
    return msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), HazardLog)
