"""The port `Batches`, held to one suite: by plays, and directly, against the simulated migration service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from estate_schema.endpoints import load_endpoints
from exchange_admin import connect
from mailwave.adapters.ansible import Ansible
from mailwave.adapters.direct_batches import DirectBatches
from mailwave.adapters.play_batches import PlayBatches
from mailwave.adapters.plays import Plays
from mailwave.core.batches import BatchManifest, Release, User
from mailwave.core.manifest import digest
from mailwave.core.outcomes import ActRefused
from mailwave.ports import Batches
from tests.playbooks.loopback import ESTATE, PLAYBOOKS
from tests.playbooks.tenant import ServedTenant, serving

NAME = "w001-leeds-01"
SYNCED = timedelta(hours=30)
"""Long enough for a few mailboxes to be copied."""


@dataclass(frozen=True)
class Half:
    """An adapter joined to the tenant that it drives, and one manifest."""

    batches: Batches
    tenant: ServedTenant
    file: Path
    digest: str

    @property
    def addresses(self) -> list[str]:
        return self.tenant.addresses(4)

    @property
    def status(self) -> str:
        tenant = self.tenant.world.exchange_online.tenant
        batch = tenant.batches.get(NAME)
        return batch.status(tenant.now).value if batch else ""

    def act(self, act: Callable[..., None], *more: object) -> list[str]:
        """Do *act*; the cmdlets by which it changed something. Mail to everybody arrives at one place afterwards."""
        before = len(self.tenant.writes)
        act(self.file, self.digest, *more)
        for address in self.addresses:
            self.tenant.home_of(address)
        return self.tenant.writes[before:]

    def refused(self, act: Callable[..., None], *more: object) -> str:
        """The sentence with which *act* is refused, and that it changed nothing."""
        before = len(self.tenant.writes)
        with pytest.raises(ActRefused) as caught:
            act(self.file, self.digest, *more)
        assert self.tenant.writes[before:] == []
        return str(caught.value)

    def release(self, opens: int, closes: int) -> Release:
        """From so many hours from now until so many."""
        now = self.tenant.world.clock.now
        return Release(now + timedelta(hours=opens), now + timedelta(hours=closes))


@contextmanager
def by_plays(tenant: ServedTenant) -> Iterator[Batches]:
    yield PlayBatches(Plays(Ansible(PLAYBOOKS, ESTATE, tenant.endpoints, dry_run=False, seconds=60)))


@contextmanager
def directly(tenant: ServedTenant) -> Iterator[Batches]:
    endpoints = load_endpoints(tenant.endpoints)
    with connect.exchange_online(endpoints, dry_run=False) as admin:
        yield DirectBatches(admin, endpoints.tenant, lambda: tenant.world.clock.now)


ADAPTERS = {"plays": by_plays, "direct": directly}


@contextmanager
def joined(adapter: str, folder: Path, *lost: str) -> Iterator[Half]:
    """*adapter* and a tenant that does what it is told and loses the first answer to each of the cmdlets *lost*."""
    faults = [{"service": "exchange_online", "call": cmdlet, "nth": 1, "fault": "drop"} for cmdlet in lost]
    with serving(folder, faults) as tenant:
        manifest = BatchManifest(
            environment="rehearsal",
            tenant=tenant.world.estate.tenant_id,
            batch=NAME,
            endpoint="leeds",
            routing_domain="nhsmail.mail.onmicrosoft.com",
            users=tuple(User(address) for address in tenant.addresses(4)),
        )
        file = folder / f"{NAME}.json"
        file.write_bytes(msgspec.json.encode(manifest))
        with ADAPTERS[adapter](tenant) as batches:
            yield Half(batches, tenant, file, digest(manifest))


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_to_the_end(tmp_path: Path, adapter: str) -> None:
    """It should start once, complete once and only inside the window, and refuse to roll back what has moved."""
    with joined(adapter, tmp_path, "Complete-MigrationBatch") as half:
        batches = half.batches
        assert half.act(batches.start) == ["New-MigrationBatch", "Start-MigrationBatch"]
        assert "completes once it is Synced" in half.refused(batches.complete, half.release(-1, 1))
        half.tenant.pass_time(SYNCED)
        assert half.status == "Synced"

        assert "may complete from" in half.refused(batches.complete, half.release(1, 9))
        assert "may complete from" in half.refused(batches.complete, half.release(-9, 0))
        assert half.act(batches.complete, half.release(-1, 8)) == ["Complete-MigrationBatch"]
        assert half.act(batches.complete, half.release(-1, 8)) == []
        assert "has not ended" in half.refused(batches.remove)
        half.tenant.pass_time(timedelta(hours=6))

        assert half.status == "Completed"
        assert {half.tenant.home_of(address) for address in half.addresses} == {"cloud"}
        assert "has completed" in half.refused(batches.roll_back)
        assert half.act(batches.stop) == []
        assert half.act(batches.remove) == ["Remove-MigrationBatch"]
        half.tenant.pass_time(timedelta(minutes=5))
        assert half.status == ""
        assert half.act(batches.remove) == []


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_stop_and_roll_back(tmp_path: Path, adapter: str) -> None:
    """It should stop once, not start again what was stopped, and roll back with every mailbox where it was."""
    with joined(adapter, tmp_path, "Stop-MigrationBatch", "Remove-MigrationBatch") as half:
        batches = half.batches
        assert "there is no batch" in half.refused(batches.stop)
        half.act(batches.start)
        half.tenant.pass_time(timedelta(minutes=20))

        assert half.act(batches.stop) == ["Stop-MigrationBatch"]
        assert half.act(batches.stop) == []
        half.tenant.pass_time(timedelta(minutes=5))
        assert "needs a decision" in half.refused(batches.start)

        assert half.act(batches.roll_back) == ["Remove-MigrationBatch"]
        half.tenant.pass_time(timedelta(minutes=5))
        assert half.status == ""
        assert half.act(batches.roll_back) == []
        assert {half.tenant.home_of(address) for address in half.addresses} == {"site"}


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_roll_back_while_it_runs(tmp_path: Path, adapter: str) -> None:
    """It should stop before it removes, so that nothing completes meanwhile, and leave nobody behind."""
    with joined(adapter, tmp_path) as half:
        half.act(half.batches.start)
        half.tenant.pass_time(SYNCED)

        assert half.act(half.batches.roll_back) == ["Stop-MigrationBatch", "Remove-MigrationBatch"]
        assert {half.tenant.home_of(address) for address in half.addresses} == {"site"}


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_another_list(tmp_path: Path, adapter: str) -> None:
    """It should refuse a manifest other than the approved one before anything reaches the tenant."""
    with joined(adapter, tmp_path) as half:
        half.file.write_bytes(half.file.read_bytes().replace(b"leeds", b"york"))

        for act in (half.batches.start, half.batches.stop, half.batches.roll_back):
            if adapter == "direct" or act == half.batches.roll_back:
                assert "was approved" in half.refused(act)
        assert half.tenant.cmdlets == []
