"""The process in which a play runs: started with its order, read line by line, ended with all that it started."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from mailwave.adapters.ansible_protocol import Order
from mailwave.adapters.stragglers import end_stragglers

GRACE = 20.0
"""Seconds that a play gets to end after it was told to."""

ERRORS = "worker.err"
"""The file of a run's private folder that keeps what its process says beside its messages."""


@contextmanager
def worker(
    order: Order, environment: Mapping[str, str], inherited: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """The process that runs *order*; leaving the block early cancels the play and waits for it to end.

    It keeps the descriptors *inherited* open as long as it lives.
    """
    with Path(order.private, ERRORS).open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailwave.adapters.ansible_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=dict(environment),
            pass_fds=inherited,
            start_new_session=True,  # Ctrl-C is for the operator command, which then cancels the play in order
        )
    assert process.stdin is not None  # noqa: S101  both pipes were asked for above
    with process:
        try:
            with suppress(BrokenPipeError):  # it could not even start; what it said of that is in ERRORS
                process.stdin.write(msgspec.json.encode(order) + b"\n")
                process.stdin.flush()
            yield process
        finally:
            _end(process)
            end_stragglers(f"TMPDIR={order.private}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the worker's standard input, which cancels what still runs, and see it end."""
    with suppress(BrokenPipeError):
        if process.stdin:
            process.stdin.close()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


def lines(process: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes]:
    """The whole lines that *process* writes, until it ends or *deadline* (monotonic seconds) passes."""
    assert process.stdout is not None  # noqa: S101  the pipe was asked for
    descriptor, rest = process.stdout.fileno(), b""
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([descriptor], [], [], left)[0]:
            return
        data = os.read(descriptor, 65536)
        if not data:
            return
        *whole, rest = (rest + data).split(b"\n")
        yield from whole
