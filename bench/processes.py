"""Runs a module of this tree in a process of its own, and measures it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
_KIB_A_MB = 1024


class Ran(NamedTuple):
    """What a process *said*, its seconds by the clock and of the processor, and its peak memory in MB."""

    said: bytes
    seconds: float
    processor: float
    peak: float


def run(*arguments: str) -> Ran:
    """Run a module with *arguments*. Its complaints are shown if it fails.

    Raises:
        CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", *arguments]
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as complaints:
        began = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=complaints) as process:
            # wait4 gives the peak of this one child; getrusage would give the largest of all children so far.
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        told.seek(0)
        complaints.seek(0)
        if process.returncode:
            sys.stderr.write(complaints.read().decode(errors="replace"))
            raise subprocess.CalledProcessError(process.returncode, command)
        return Ran(told.read(), seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / _KIB_A_MB)
