"""Saying what is going on: one line a step, rewritten in place on a terminal, repeated now and then elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

_QUIET_SECONDS = 15.0
_LAST_WORDS = 12


class Step:
    """A step with a title; `tell` says how far it has come."""

    def __init__(
        self, title: str, *, out: TextIO = sys.stderr, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._title = title
        self._out = out
        self._now = now
        self._in_place = out.isatty()
        self._began = self._told = now()

    def __enter__(self) -> Self:
        """Say that the step begins."""
        print(f"setup: {self._title} ...", file=self._out, flush=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say that the step ended, and how long it took."""
        took = self._now() - self._began
        clear = "\r\033[K" if self._in_place else ""
        print(
            f"{clear}setup: {self._title}: {'failed' if kind else 'done'} in {took:.0f} s",
            file=self._out,
            flush=True,
        )

    def tell(self, how_far: str) -> None:
        """Show *how_far*; off a terminal at most every 15 seconds."""
        at = self._now()
        if self._in_place:
            print(f"\r\033[Ksetup: {how_far} ({at - self._began:.0f} s)", end="", file=self._out, flush=True)
        elif at - self._told >= _QUIET_SECONDS:
            self._told = at
            print(f"setup: {how_far} ({at - self._began:.0f} s)", file=self._out, flush=True)


class ToolFailed(RuntimeError):
    """A program that setting up called ended with an error. *last_words*: the end of what it wrote."""

    def __init__(self, *, program: str, code: int, last_words: str) -> None:
        self.program = program
        self.code = code
        self.last_words = last_words
        super().__init__(f"{program} ended with code {code}: {last_words}")


def run(
    arguments: Sequence[str | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    on_line: Callable[[str], None] = lambda _line: None,
    seconds: float = 3600,
) -> str:
    """Run a program, hand over each line it writes, and return its last lines; ToolFailed when it fails.

    After *seconds*, and when setting up itself is interrupted, the program and all it started are ended.
    """
    last: deque[str] = deque(maxlen=_LAST_WORDS)
    with subprocess.Popen(
        [str(argument) for argument in arguments],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        too_long = threading.Timer(seconds, _end, [process])
        too_long.start()
        try:
            for line in process.stdout or ():
                last.append(line.rstrip())
                on_line(line.rstrip())
        except BaseException:
            _end(process)
            raise
        finally:
            too_long.cancel()
    words = "\n".join(last)
    if process.returncode:
        raise ToolFailed(program=Path(arguments[0]).name, code=process.returncode, last_words=words)
    return words


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
