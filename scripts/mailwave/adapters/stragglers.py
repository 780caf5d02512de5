"""Processes that a play leaves behind when it, or who watched over it, is killed."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path


def end_stragglers(mark: str) -> None:
    """End every process but this one whose environment holds *mark*, as NAME=value.

    Ansible's own workers lead sessions of their own and wait for a dead play for ever (seen with ansible-core 2.21).
    Looks in /proc, so it ends nothing where there is none.
    """
    wanted = mark.encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it ended meanwhile, or is somebody else's
            process = int(environment.parent.name)
            if process != os.getpid() and wanted in environment.read_bytes().split(b"\0"):
                os.kill(process, signal.SIGKILL)
