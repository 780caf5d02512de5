"""Commands that do not outlive whoever started them."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    lock: int,
    output: int | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run *command* in *folder* to its end; where this process is killed, it is interrupted, as by Ctrl-C.

    It holds the file *lock* too, so that nobody starts anew while it comes to its end. *output*: as in `subprocess`.
    """
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=output,
        pass_fds=[lock],
        preexec_fn=_ends_with_parent(),  # one thread only, and one system call
        check=False,
    )


def _ends_with_parent() -> Callable[[], None] | None:
    """What a child does first on Linux; elsewhere nothing is known that would do it."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT)

    return ask
