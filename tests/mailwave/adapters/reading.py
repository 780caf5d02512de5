"""`mailwave estate discover` as a program of its own, so that it can be killed, over one large site.

`python reading.py CHECKOUT [OPTION ...]`: CHECKOUT stands for the project's folder, with the data of the environment in
`environments`, where the command writes into `build`; what else is given is typed after the command. It ends with a
line that says what it took.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from mailwave import cli
from mailwave.wiring import settings


def discover(checkout: Path, *options: str) -> None:
    """Type the command; it ends the program, as it ends a shell's."""
    began = time.monotonic()
    settings.ROOT = checkout
    sys.argv = ["mailwave", "estate", "discover", "-e", "rehearsal", *options]
    try:
        cli.main()
    finally:
        used = resource.getrusage(resource.RUSAGE_SELF)
        took, cpu, peak = time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
        print(f"read in {took:.0f} s, of which {cpu:.0f} s of this process; at most {peak} MB", flush=True)


if __name__ == "__main__":
    discover(Path(sys.argv[1]), *sys.argv[2:])
