"""Events as lines of JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailwave.adapters.event_log import CONSOLE, EventLog
from mailwave.core.events import Event, Kind

EVENT = Event(Kind.BATCH_FAILED, "W20260915-1", 'refused: "no"\nmore')
AT = datetime(2026, 9, 15, 20, tzinfo=UTC)
LINE = {
    "event": "batch.failed",
    "at": "2026-09-15T20:00:00+00:00",
    "environment": "pilot",
    "subject": "W20260915-1",
    "text": 'refused: "no"\nmore',
}


def test_a_file_gets_one_line_an_event(tmp_path: Path) -> None:
    """It should add a line for each, whatever the text holds, and keep what is there."""
    file = tmp_path / "events"
    log = EventLog(str(file), "pilot", lambda: AT)

    log(EVENT)
    log(EVENT)

    assert [LINE, LINE] == [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_runner_writes_to_its_console(capsys: pytest.CaptureFixture[str]) -> None:
    """It should write the line to standard error, which the platform takes for the log."""
    EventLog(CONSOLE, "pilot", lambda: AT)(EVENT)

    assert LINE == json.loads(capsys.readouterr().err)
