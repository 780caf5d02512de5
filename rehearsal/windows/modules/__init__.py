"""The modules and scripts that are modelled, by the names under which `modules.yaml` lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.site.machine import Machine
from rehearsal.windows.modules import (
    certificates,
    copying,
    facts,
    files,
    firewall,
    lines,
    powershell,
    registry,
    scripts,
    services,
    xml,
)
from rehearsal.windows.task import Modelled

MODELLED: Mapping[str, Modelled] = {
    **certificates.MODULES,
    **copying.MODULES,
    **facts.MODULES,
    **files.MODULES,
    **firewall.MODULES,
    **lines.MODULES,
    **powershell.MODULES,
    **registry.MODULES,
    **scripts.SCRIPTS,
    **services.MODULES,
    **xml.MODULES,
}

OPENED: Mapping[str, Callable[[Machine, dict[str, Any]], dict[str, Any]]] = certificates.OPENED
"""What turns secret arguments into what they open, before a call is written down."""
