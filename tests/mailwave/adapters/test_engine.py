"""The engine's adapter, where the backend holds what a killed engine left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailwave.adapters.engine import Engine
from mailwave.adapters.engine_errors import EngineError
from tests.engine import needed

pytestmark = pytest.mark.engine
ROOT = Path(__file__).resolve().parents[3]
STATE = Path(".pulumi/stacks/mailwave/foundation-rehearsal.json")


def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, query: str) -> int:
    """Make an empty stack, leave its attributes as a killed engine does, and count what is deployed."""
    needed()
    backend = tmp_path / "state"
    backend.mkdir()
    monkeypatch.setenv("PULUMI_BACKEND_URL", backend.as_uri() + query)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "rehearsal")  # as the stack file says
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    engine = Engine(ROOT, "rehearsal", dry_run=False)
    engine.left_open("foundation")  # makes the empty stack
    attributes = backend / f"{STATE}.attrs"
    if attributes.exists():
        attributes.write_bytes(b"")
    return engine.resources("foundation")


def test_attributes_cut_off_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should say what to delete, and how to have no such file again."""
    with pytest.raises(EngineError, match=r"delete the empty .json.attrs.*metadata=skip"):
        resources(tmp_path, monkeypatch, query="")


def test_without_attributes_there_is_nothing_to_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should write no attributes where the backend's address says so."""
    assert 0 == resources(tmp_path, monkeypatch, query="?metadata=skip")
