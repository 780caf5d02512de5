"""Why pages cannot be served."""

from __future__ import annotations

from pathlib import Path


class NotInstalled(RuntimeError):
    """The files that pages are dressed with are not where they should be: *file* is missing."""

    def __init__(self, *, file: Path) -> None:
        self.file = file
        super().__init__(f"no page can be served: {file} is missing")
