"""The process that serves the simulated estate."""

from __future__ import annotations

import subprocess
import sys

import httpx2
import pytest

from rehearsal import server
from rehearsal.errors import ServerEnded


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
