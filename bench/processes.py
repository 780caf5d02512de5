"""Runs a module of this tree in a process of its own, and measures it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
_MEASURING = Path(__file__).with_name("measuring.py")
_KIB_A_MB = 1024
_NS_A_SECOND = 1e9


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
    with tempfile.TemporaryFile() as told, tempfile.NamedTemporaryFile("r") as report:
        began = time.perf_counter()
        measuring = [sys.executable, "-I", "-S", str(_MEASURING), report.name, *command]
        ended = subprocess.run(measuring, cwd=ROOT, stdout=told, stderr=subprocess.PIPE, check=False)
        seconds = time.perf_counter() - began
        status, processor, peak = report.read().split() or ("1", "0", "0")
        if int(status):
            sys.stderr.write(ended.stderr.decode(errors="replace"))
            raise subprocess.CalledProcessError(int(status), command)
        told.seek(0)
        return Ran(told.read(), seconds, float(processor), int(peak) / _KIB_A_MB)


def processor_clock(others: Collection[int] = ()) -> Callable[[], float]:
    """A clock of the processor's seconds that this process has used, and *others* by their ids, which work for it."""
    files = [Path("/proc", str(pid), "schedstat") for pid in others]

    def used() -> float:
        theirs = sum(int(file.read_text(encoding="ascii").split()[0]) for file in files)
        return time.process_time() + theirs / _NS_A_SECOND

    return used


def family(process: int) -> list[int]:
    """*process* and those that it has started."""
    children = Path("/proc", str(process), "task", str(process), "children").read_text(encoding="ascii")
    return [process, *map(int, children.split())]


def family_clock(process: int) -> Callable[[], float]:
    """A clock of the processor's seconds that *process*, with its threads, and those it has started use from now on."""

    def used() -> dict[int, float]:
        found = {}
        for pid in family(process):
            fields = Path("/proc", str(pid), "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            found[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return found

    before = used()
    return lambda: sum(now - before.get(pid, 0.0) for pid, now in used().items())
