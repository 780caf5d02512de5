"""One command line, typed into the real command in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import mailwave.wiring.readiness
import mailwave.wiring.sites  # their folders are the project's, also where a test has other environments  # noqa: F401
from mailwave import cli
from mailwave.cli.context import err, out

WHY = ("--ticket", "CHG1", "--reason", "test")
ODS = Path(__file__).resolve().parents[3] / "rehearsal" / "data" / "ods"

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command line with a ledger in a folder whose name has to be quoted; code and all that was printed."""
    monkeypatch.setenv("MAILWAVE_ENVIRONMENT", "rehearsal")
    monkeypatch.setenv("MAILWAVE_LEDGER", f"sqlite:///{tmp_path}/a%20%3F%25b/ledger.db")
    for console in (out, err):  # they took the width of the runner's terminal when they were made
        monkeypatch.setattr(console, "width", 400)
    monkeypatch.delenv("MAILWAVE_ENDPOINTS", raising=False)

    def command(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["mailwave", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capfd.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return command
