"""Processes that a play leaves behind when it, or who watched over it, is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PATIENCE = 10.0
"""Seconds in which a process that was killed is gone, unless it waits for a disk that does not answer."""

_LOOKS = 2
"""In a row that must find nobody: one may miss a program that is being loaded and has no environment yet."""

_PAUSE = 0.05


def end_stragglers(mark: str) -> None:
    """End every process but this one whose environment holds *mark*, as NAME=value, and wait until they are gone.

    Ansible's own workers lead sessions of their own and wait for a dead play for ever (seen with ansible-core 2.21).
    Looks in /proc, so it ends nothing where there is none.
    """
    deadline, clean = time.monotonic() + PATIENCE, 0
    while clean < _LOOKS and time.monotonic() < deadline:
        clean = 0 if _end(mark.encode()) else clean + 1
        time.sleep(_PAUSE)


def _end(wanted: bytes) -> bool:
    """Whether there was anybody to end."""
    found = list(_marked(wanted))
    for process in found:
        with suppress(OSError):  # it ended meanwhile
            os.kill(process, signal.SIGKILL)
    return bool(found)


def _marked(wanted: bytes) -> Iterator[int]:
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it ended meanwhile, or is somebody else's
            process = int(environment.parent.name)
            if process != os.getpid() and wanted in environment.read_bytes().split(b"\0"):
                yield process
