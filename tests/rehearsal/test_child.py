"""Commands that do not outlive whoever started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal import child

PARENT = """
import os, sys
from pathlib import Path
from rehearsal import child

child.run(
    [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"],
    folder=Path.cwd(), environment=os.environ, lock=0,
)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_command_ends_with_its_parent() -> None:
    """It should interrupt the command when the process that started it is killed."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with parent:
        assert parent.stdout
        command = Path("/proc", parent.stdout.readline().decode().strip())
        parent.send_signal(signal.SIGKILL)

    deadline = time.monotonic() + 30
    while (running := _runs(command)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not running


def _runs(process: Path) -> bool:
    """Whether it has not ended; one that has, and that nobody has buried yet, does not count."""
    try:
        return process.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_command_holds_the_lock(tmp_path: Path) -> None:
    """It should hand on the lock, the environment and the exit code."""
    with (tmp_path / "lock").open("w") as lock:
        number = lock.fileno()
        done = child.run(
            [sys.executable, "-c", f"import os; os.fstat({number}); print(os.environ['WORD']); exit(3)"],
            folder=tmp_path,
            environment={**os.environ, "WORD": "handed on"},
            lock=number,
            output=subprocess.PIPE,
        )

    assert (3, b"handed on\n") == (done.returncode, done.stdout)
