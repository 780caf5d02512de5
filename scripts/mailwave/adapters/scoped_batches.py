"""Whole migration batches whose list was held to the scope before anything is made of it, whoever makes it."""

from __future__ import annotations

from pathlib import Path

from exchange_admin.migration import BatchError, read_manifest
from mailwave.core.batch_scope import Scoped, refuse_foreign
from mailwave.core.batches import Release
from mailwave.core.outcomes import ActRefused
from mailwave.ports import Batches


class ManifestGate:
    """Lets a manifest through whose every user *ledger* has in scope for its batch."""

    def __init__(self, ledger: Scoped) -> None:
        self._ledger = ledger

    def __call__(self, manifest: Path, digest: str) -> None:
        """Look at the *manifest* with that *digest*.

        Raises:
            ForeignMailboxes: it holds a mailbox that its batch is not for.
            ActRefused: it cannot be read, or is another than the one with that digest.
        """
        try:
            read = read_manifest(str(manifest), digest.removeprefix("sha256:"))
        except BatchError as error:
            raise ActRefused(act="start", subject=manifest.stem, why=str(error)) from error
        refuse_foreign(self._ledger, read.batch, {user.EmailAddress.lower() for user in read.users})


class ScopedBatches:
    """Drives batches as *inner* does, and starts none whose list *gate* does not let through."""

    def __init__(self, inner: Batches, gate: ManifestGate) -> None:
        self._inner = inner
        self._gate = gate

    def start(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._gate(manifest, digest)
        self._inner.start(manifest, digest)

    def stop(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._inner.stop(manifest, digest)

    def complete(self, manifest: Path, digest: str, release: Release) -> None:
        """See `mailwave.ports.Batches`."""
        self._inner.complete(manifest, digest, release)

    def roll_back(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._inner.roll_back(manifest, digest)

    def remove(self, manifest: Path, digest: str) -> None:
        """See `mailwave.ports.Batches`."""
        self._inner.remove(manifest, digest)
