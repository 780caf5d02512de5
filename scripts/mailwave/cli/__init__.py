"""The operator's command: thin faces over the runbooks."""

from __future__ import annotations

import sys

from mailwave.cli.stopped import STOPPED
from mailwave.exits import Exit


def main() -> None:
    """Run the command line; importing what it needs takes a second, in which Ctrl-C ends it like any later one."""
    try:
        from mailwave.cli import app
    except KeyboardInterrupt:
        sys.stderr.write(f"{STOPPED}\n")
        sys.exit(Exit.CANCELLED)
    app.main()
