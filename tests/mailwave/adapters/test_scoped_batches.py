"""Batches behind the gate: nothing is started of a list that holds a foreign mailbox."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from mailwave.adapters.scoped_batches import ManifestGate, ScopedBatches
from mailwave.core.batches import BatchManifest, Release, User
from mailwave.core.outcomes import ActRefused
from mailwave.core.readiness.scope import ForeignMailboxes
from mailwave.runbooks.wave.batches import write_manifest
from tests.mailwave.core.test_batch_scope import FOREIGN, PEOPLE, addresses, planned

RELEASE = Release(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class Driven:
    """Batches that only remember what they were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def start(self, manifest: Path, digest: str) -> None:
        self.asked.append(f"start {manifest.stem}")

    def stop(self, manifest: Path, digest: str) -> None:
        self.asked.append("stop")

    def complete(self, manifest: Path, digest: str, release: Release) -> None:
        self.asked.append("complete")

    def roll_back(self, manifest: Path, digest: str) -> None:
        self.asked.append("roll back")

    def remove(self, manifest: Path, digest: str) -> None:
        self.asked.append("remove")


def written(folder: Path, listed: set[str]) -> tuple[Path, str]:
    """A manifest of these addresses."""
    manifest = BatchManifest(
        environment="pilot",
        tenant="t",
        batch="w001-leeds-01",
        endpoint="leeds",
        routing_domain="n.mail.onmicrosoft.com",
        users=tuple(User(address) for address in sorted(listed)),
    )
    return write_manifest(folder, manifest)


def test_the_planned_list_is_started(tmp_path: Path) -> None:
    """It should hand on what is planned, capitals or not, and every other act."""
    inner = Driven()
    batches = ScopedBatches(inner, ManifestGate(planned()))
    file, digest = written(tmp_path, {address.upper() for address in addresses(PEOPLE)})

    batches.start(file, digest)
    batches.stop(file, digest)
    batches.complete(file, digest, RELEASE)
    batches.roll_back(file, digest)
    batches.remove(file, digest)

    assert ["start w001-leeds-01", "stop", "complete", "roll back", "remove"] == inner.asked


def test_a_foreign_one_is_not(tmp_path: Path) -> None:
    """It should start nothing of a list with one foreign mailbox in two thousand."""
    inner = Driven()
    file, digest = written(tmp_path, addresses([*PEOPLE[1:], FOREIGN]))

    with pytest.raises(ForeignMailboxes, match=r"are not planned for it: person5000@nhsmail\.example"):
        ScopedBatches(inner, ManifestGate(planned())).start(file, digest)

    assert [] == inner.asked


def test_a_list_that_was_changed_is_not_looked_at(tmp_path: Path) -> None:
    """It should refuse a manifest that is another than the one with that digest."""
    file, digest = written(tmp_path, addresses(PEOPLE[:1]))
    content = msgspec.json.decode(file.read_bytes())
    content["users"].append({"EmailAddress": FOREIGN.mailbox.address})
    file.write_bytes(msgspec.json.encode(content))

    with pytest.raises(ActRefused, match="was approved"):
        ManifestGate(planned())(file, digest)
