"""Runs a command and writes what it took into a file: `python bench/measuring.py REPORT COMMAND ...`.

A process of its own, and a small one: to a process Linux counts the peak memory of the one that it was started from, so
whatever is started by a benchmark that holds a gigabyte itself would seem to need one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(report: Path, command: list[str]) -> None:
    """Run *command*; put its exit code, processor seconds and peak in KiB into *report*."""
    child = os.posix_spawn(command[0], command, os.environ)
    _, status, used = os.wait4(child, 0)
    took = (os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss)
    report.write_text(" ".join(map(str, took)), encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
