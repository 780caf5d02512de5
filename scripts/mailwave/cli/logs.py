"""Folders of servers' logs, as they were fetched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import typer


def logs_below(folder: Path, pattern: str) -> Mapping[str, bytes]:
    """What the files below *folder* hold whose names fit *pattern*, by their paths from there."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob(pattern))}


def some_logs_below(folder: Path, pattern: str) -> Mapping[str, bytes]:
    """As `logs_below`.

    Raises:
        BadParameter: there is none, so that somebody has named another folder than they meant.
    """
    found = logs_below(folder, pattern)
    if not found:
        raise typer.BadParameter(f"no file {pattern} is below {folder}")
    return found
