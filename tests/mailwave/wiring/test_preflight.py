"""The gate of a wave as `wave run` makes it, against the served rehearsal, over its real sockets."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Mapping
from pathlib import Path

import pytest

from exchange_admin.connect import on_premises
from mailwave.adapters.source import Source
from mailwave.core.coexistence import Aspect, Coexistence
from mailwave.core.rollback import Room
from mailwave.wiring import Settings
from mailwave.wiring.preflight import both_halves
from tests.served import served


def _looked() -> tuple[Coexistence, Mapping[str, Room], bool]:
    """What both halves and the room at one site are, and whether the reading counts."""
    settings = Settings.load("rehearsal")
    site = on_premises(settings.endpoints(), "leeds")
    read = both_halves(settings).read()
    with Source({"leeds": site}, settings.estate.site_of_server) as source:
        return read, source.room(), read.counts(settings.clock().now())


def test_both_sides_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should read all that the gate asks, by the rights that it has, and miss only what play 28 adds (fact D21)."""
    with served(tmp_path, []) as file:
        monkeypatch.setenv("MAILWAVE_ENDPOINTS", str(file))
        monkeypatch.setenv("MAILWAVE_LEDGER", f"sqlite:///{tmp_path / 'ledger.db'}")
        # a command leaves its connections to the end of its process
        with warnings.catch_warnings(action="ignore", category=ResourceWarning):
            read, rooms, counts = _looked()
            gc.collect()

    assert [Aspect.APPLICATION] * 2 == [fault.aspect for fault in read.faults], read.faults
    assert counts
    assert rooms
    assert all(room.free > room.white > 0 for room in rooms.values())
