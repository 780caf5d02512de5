"""One run of a ledger at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailwave.adapters.run_lock import AlreadyRunning, run_lock

_HOLD = """
import sys
from pathlib import Path
from mailwave.adapters.run_lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_refused_by_name(tmp_path: Path) -> None:
    """It should name the process that holds the lock, and let nobody in beside it."""
    file = tmp_path / "folder" / "run.lock"

    with run_lock(file), pytest.raises(AlreadyRunning) as caught, run_lock(file):
        pass

    assert f"process {os.getpid()}" == caught.value.holder


def test_the_lock_ends_with_the_block(tmp_path: Path) -> None:
    """It should let the next run in when the first has ended, however it did."""
    file = tmp_path / "run.lock"
    with pytest.raises(ZeroDivisionError), run_lock(file):
        raise ZeroDivisionError

    with run_lock(file):
        assert f"process {os.getpid()}" == file.read_text(encoding="ascii")


@pytest.mark.crash
def test_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    """It should be free again as soon as its holder was killed."""
    file = tmp_path / "run.lock"
    command = [sys.executable, "-c", _HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert "held\n" == holder.stdout.readline()
        with pytest.raises(AlreadyRunning) as caught, run_lock(file):
            pass
        holder.kill()
        holder.wait()

    assert f"process {holder.pid}" == caught.value.holder
    with run_lock(file):
        pass
