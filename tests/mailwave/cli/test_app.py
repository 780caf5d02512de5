"""The whole command, stopped by Ctrl-C."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest

from mailwave import cli
from mailwave.cli import estate_check
from mailwave.cli.stopped import STOPPED
from mailwave.exits import Exit


def stopped(capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run the command and return its exit code and its last line."""
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), capfd.readouterr().err.splitlines()[-1]


def test_ctrl_c_in_a_command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """It should end with 8 and say how to go on when a command is interrupted."""

    def interrupted(environment: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(estate_check, "settings", interrupted)
    arguments = ["estate", "check", "-e", "rehearsal", "--client-logs", ".", "--ticket", "T", "--reason", "r"]
    monkeypatch.setattr(sys, "argv", ["mailwave", *arguments])

    assert (Exit.CANCELLED, STOPPED) == stopped(capfd)


def test_ctrl_c_before_a_command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """It should end with 8, without a traceback, while the program is still being imported."""
    load = builtins.__import__

    def interrupted(name: str, *rest: Any) -> Any:
        if name == "mailwave.cli":
            raise KeyboardInterrupt
        return load(name, *rest)

    monkeypatch.setattr(builtins, "__import__", interrupted)

    assert (Exit.CANCELLED, STOPPED) == stopped(capfd)
