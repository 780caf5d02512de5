"""The process that serves the simulated estate."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from rehearsal import server
from rehearsal.errors import ServerEnded, ServerFailed


@pytest.mark.parametrize("problem", [httpx2.ConnectError("refused"), ConnectionRefusedError()])
def test_a_server_that_is_gone_is_named(problem: Exception) -> None:
    """It should say that the server has ended, and how, when a reader fails for that reason."""
    with subprocess.Popen([sys.executable, "-c", "exit(3)"]) as process:
        process.wait()

    with pytest.raises(ServerEnded) as caught, server.answering(process):
        raise problem

    assert caught.value.code == 3


def test_a_server_that_runs_is_not_blamed() -> None:
    """It should let other troubles of a reader through while the server runs, and end the server when told to."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

    with pytest.raises(httpx2.ReadError), server.answering(process):
        raise httpx2.ReadError("torn")

    server.finish(process)
    assert process.returncode is not None


def test_a_slow_start_is_waited_for(tmp_path: Path) -> None:
    """It should wait as long as the server lives, and end as soon as it listens."""
    file = tmp_path / "endpoints.json"
    program = f"import pathlib, time; time.sleep(0.2); pathlib.Path({str(file)!r}).touch(); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", program])
    try:
        server.await_listening(process, file, tmp_path / "server.log")

        assert process.poll() is None
        assert file.exists()
    finally:
        server.finish(process)


def test_a_server_that_ends_at_once_is_quoted(tmp_path: Path) -> None:
    """It should wait no longer for a server that has ended, and say what that said."""
    log = tmp_path / "server.log"
    with (
        log.open("wb") as words,
        subprocess.Popen([sys.executable, "-c", "exit('no port')"], stderr=words) as process,
        pytest.raises(ServerFailed) as caught,
    ):
        server.await_listening(process, tmp_path / "endpoints.json", log)

    assert caught.value.problem == "no port"
