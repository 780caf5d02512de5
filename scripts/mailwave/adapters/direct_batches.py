"""Whole migration batches without plays: the port `Batches` on top of `exchange_admin`.

It does with the same functions what the plays' tasks do, so that a batch is driven in one way whoever drives it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from exchange_admin import ExchangeAdmin, ExchangeError, OutcomeUnknown
from exchange_admin.migration import (
    BatchError,
    Change,
    Manifest,
    complete,
    read_manifest,
    remove_ended,
    roll_back,
    start,
    stop,
)
from mailwave.core.batches import Release
from mailwave.core.outcomes import ActRefused, ActUnknown


class DirectBatches:
    """Drives batches through *admin*, of the tenant with the GUID *tenant*; *now* tells the time, in UTC."""

    def __init__(self, admin: ExchangeAdmin, tenant: str, now: Callable[[], datetime]) -> None:
        self._admin = admin
        self._tenant = tenant
        self._now = now

    def start(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._act("start", manifest, digest, lambda read: start(self._admin, read))

    def stop(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._act("stop", manifest, digest, lambda read: stop(self._admin, read))

    def complete(self, manifest: Path, digest: str, release: Release) -> None:
        """See `mailwave.ports.Batches`."""

        def act(read: Manifest) -> Change:
            return complete(self._admin, read, now=self._now(), opens=release.opens, closes=release.closes)

        self._act("complete", manifest, digest, act)

    def roll_back(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._act("roll back", manifest, digest, lambda read: roll_back(self._admin, read))

    def remove(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._act("remove", manifest, digest, lambda read: remove_ended(self._admin, read))

    def _act(self, act: str, manifest: Path, digest: str, do: Callable[[Manifest], Change]) -> None:
        subject = manifest.stem
        try:
            read = read_manifest(str(manifest), digest.removeprefix("sha256:"))
            if read.tenant.casefold() != self._tenant.casefold():
                raise ActRefused(
                    act=act, subject=subject, why=f"it is for tenant {read.tenant}, not {self._tenant}"
                )
            do(read)
        except OutcomeUnknown as error:
            raise ActUnknown(act=act, subject=subject, why=str(error)) from error
        except BatchError as error:
            kind = ActUnknown if error.outcome == "unknown" else ActRefused
            raise kind(act=act, subject=subject, why=str(error)) from error
        except ExchangeError as error:
            raise ActRefused(act=act, subject=subject, why=str(error)) from error
