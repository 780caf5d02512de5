"""The whole command: what it loads, and how it ends when it is stopped by Ctrl-C."""

from __future__ import annotations

import builtins
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest

from mailwave import cli
from mailwave.cli import estate_check
from mailwave.cli.app import GROUPS
from mailwave.cli.stopped import STOPPED
from mailwave.exits import Exit


def stopped(capfd: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run the command and return its exit code and its last line."""
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), capfd.readouterr().err.splitlines()[-1]


def test_ctrl_c_in_a_command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """It should end with 8 and say how to go on when a command is interrupted."""

    def interrupted(environment: str, **_: object) -> None:
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


def test_help_loads_no_library_that_it_does_not_need() -> None:
    """It should say what there is without what the commands need: it would take ten times as long."""
    asked = """
import sys
from mailwave.cli import main
sys.argv[1:] = ["--help"]
try:
    main()
finally:
    print(*sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    loaded = {name.partition(".")[0] for name in said.split()}

    assert {"typer", "mailwave"} <= loaded
    assert set() == loaded & {"polars", "numpy", "scipy", "pypsrp", "ansible", "sqlalchemy", "pulumi"}


@pytest.mark.parametrize("name", GROUPS)
def test_help_says_of_a_group_what_it_says_itself(name: str) -> None:
    """It should describe each group in the words of its own module, which it does not load."""
    assert GROUPS[name] == import_module(f"mailwave.cli.{name}").app.info.help


def test_a_group_that_is_not_there_is_refused(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It should end with 2 and name what was asked for when there is no such group."""
    monkeypatch.setattr(sys, "argv", ["mailwave", "waves"])

    code, last = stopped(capfd)
    assert 2 == code
    assert "waves" in last
