"""What a benchmark's process is said to have taken."""

from __future__ import annotations

import subprocess

import pytest

from bench.processes import run


def test_the_peak_is_the_process_own() -> None:
    """It should not count to a small process the memory of the large one that started it."""
    held = bytearray(b"x") * 150_000_000

    assert run("__hello__").peak < len(held) / 2**20 / 2


def test_a_failure_is_one(capfd: pytest.CaptureFixture[str]) -> None:
    """It should raise, and show what a failed process complained of."""
    with pytest.raises(subprocess.CalledProcessError):
        run("no_such_module")

    assert "no_such_module" in capfd.readouterr().err
