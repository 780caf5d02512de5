"""What a command says that was stopped by Ctrl-C; alone here, because it may come before anything else is imported."""

from __future__ import annotations

STOPPED = "stopped; run the same command again to go on from here"
