"""Batches that somebody else meddles with, just after they were started."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from mailwave.adapters.direct_batches import DirectBatches
from tests.mailwave.rehearsed.operator import ESTATE


class Meddled(DirectBatches):
    """Batches after whose start *meddle* is done with the tenant's admin, the manifest's path beside it."""

    def __init__(self, admin: Any, now: Callable[[], datetime], meddle: Callable[[Any, Path], None]) -> None:
        super().__init__(admin, ESTATE.tenant.id, now)
        self._cloud = admin
        self._meddle = meddle

    def start(self, manifest: Path, digest: str) -> None:
        """Start, then meddle."""
        super().start(manifest, digest)
        self._meddle(self._cloud, manifest)
