"""The planner's loops, compiled to machine code beside their source, as bytecode is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from tools.bootstrap.failures import PackagesUnavailable
from tools.bootstrap.places import Places
from tools.bootstrap.progress import Step, ToolFailed, run

_REMEDY = "`.venv/bin/python -m mailwave.prepare` shows why"


def wanted(places: Places) -> str:
    """A digest of what decides what is compiled: the loops, and the packages that compile them."""
    core = places.root / "scripts" / "mailwave" / "core"
    packages = places.venv / ".mailwave"
    files = [*sorted(core.rglob("loops.py")), core / "compiled.py", packages]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files if file.exists())).hexdigest()


def ready(places: Places) -> bool:
    """Whether the loops were compiled as they are now."""
    return _stamp(places).exists() and _stamp(places).read_text() == wanted(places)


def install(places: Places, environment: Mapping[str, str]) -> None:
    """Compile them."""
    with Step("compiling the planner's loops"):
        try:
            run(
                [places.venv / "bin" / "python", "-m", "mailwave.prepare"],
                folder=places.root,
                environment=environment,
            )
        except ToolFailed as failed:
            raise PackagesUnavailable(
                missing="the planner's loops could not be compiled",
                remedy=_REMEDY,
                detail=failed.last_words,
            ) from failed
    _stamp(places).write_text(wanted(places))


def _stamp(places: Places) -> Path:
    return places.venv / ".mailwave-loops"
