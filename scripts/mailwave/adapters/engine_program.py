"""The project's program, run inside this process, and brought to its end when the engine that asked for it is gone.

The SDK leaves a program alone whose engine ends early, say because a plugin is missing: the program then waits for an
answer that cannot come, busily where the call is synchronous, and its thread keeps the whole process from ending
(pulumi/pulumi#7036).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import runpy
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

GRACE = 10.0
"""Seconds that a program gets to end."""

QUIET = 0.2
"""Seconds without a turn after which a loop counts as ended: the SDK does not always come to close it."""

_PAUSE = 0.02


class Program:
    """The program in the file *main*: called by the SDK, on a thread and an event loop of the SDK's."""

    def __init__(self, main: Path) -> None:
        self._main = main
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self) -> None:
        """Run the file, which registers what is awaited next."""
        self._loop = asyncio.get_running_loop()
        runpy.run_path(str(self._main), run_name="__main__")

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """A block that has an engine run the program; when the block fails, the program ends before it does."""
        try:
            yield
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        """Cancel what the program waits for, and wait until its loop runs no more."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        with contextlib.suppress(RuntimeError):  # it is closed already
            loop.call_soon_threadsafe(_cancel_all, loop)
        ran = begun = time.monotonic()
        while not loop.is_closed() and (now := time.monotonic()) < min(begun + GRACE, ran + QUIET):
            ran = now if loop.is_running() else ran
            time.sleep(_PAUSE)
        del loop
        _collect()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel every task of *loop*, again and again: what cleans up after a cancelled one may begin to wait anew."""
    loop.call_later(_PAUSE, _cancel_all, loop)
    for task in asyncio.all_tasks(loop):
        task.cancel()


def _collect() -> None:
    """Collect what the SDK leaves of a program that failed: its coroutines complain that nobody awaits them."""
    complain = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        with warnings.catch_warnings(action="ignore"):
            gc.collect()
    finally:
        sys.unraisablehook = complain
