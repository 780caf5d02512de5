"""The operator's command: thin faces over the runbooks."""

from __future__ import annotations

from mailwave.cli.app import main

__all__ = ["main"]
