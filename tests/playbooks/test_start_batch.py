"""The play that makes and starts a batch, against a simulated tenant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from mailwave.adapters.ansible import Ansible, Variable
from mailwave.adapters.plays import Plays
from mailwave.core.batches import BatchManifest, User
from mailwave.core.events import Announce, Event, Kind, nowhere
from mailwave.core.governor.costs import CALLS_A_BATCH
from mailwave.core.manifest import digest
from mailwave.core.play_table import PlayOrder
from mailwave.core.plays import PlayOutcome, PlayResult
from tests.playbooks.loopback import ESTATE, PLAYBOOKS
from tests.playbooks.tenant import ServedTenant, serving

START, VERIFY = "50_start_batch", "51_verify_batch"
NAME = "w001-leeds-01"
LOST_CREATION = {"service": "exchange_online", "call": "New-MigrationBatch", "nth": 1, "fault": "drop"}
LOST_START = {"service": "exchange_online", "call": "Start-MigrationBatch", "nth": 1, "fault": "drop"}


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[ServedTenant]:
    with serving(tmp_path) as served:
        yield served


def a_manifest(served: ServedTenant, *addresses: str, tenant: str | None = None) -> BatchManifest:
    return BatchManifest(
        environment="rehearsal",
        tenant=tenant or served.world.estate.tenant_id,
        batch=NAME,
        endpoint="leeds",
        routing_domain="nhsmail.mail.onmicrosoft.com",
        users=tuple(User(address) for address in addresses),
    )


def run(
    tenant: ServedTenant,
    play: str,
    manifest: BatchManifest,
    *,
    check: bool = False,
    announce: Announce = nowhere,
) -> PlayResult:
    ansible = Ansible(PLAYBOOKS, ESTATE, tenant.endpoints, dry_run=False, seconds=60, announce=announce)
    return ansible.run_play(play, variables=told(tenant, manifest), check=check)


def told(tenant: ServedTenant, manifest: BatchManifest) -> dict[str, Variable]:
    """The variables of a play for *manifest*, which is written beside the endpoints file."""
    file = tenant.endpoints.with_name("manifest.json")
    file.write_bytes(msgspec.json.encode(manifest))
    return {"batch_manifest": str(file), "batch_digest": digest(manifest).removeprefix("sha256:")}


def test_four_beats(tenant: ServedTenant) -> None:
    """It should predict and do nothing, then make and start the batch, then find nothing to do, then verify it."""
    manifest = a_manifest(tenant, *tenant.addresses(20))

    predicted = run(tenant, START, manifest, check=True)
    assert predicted.outcome is PlayOutcome.OK, predicted.why
    assert predicted.changed
    assert tenant.writes == []

    applied = run(tenant, START, manifest)
    assert applied.outcome is PlayOutcome.OK, applied.why
    assert tenant.writes == ["New-MigrationBatch", "Start-MigrationBatch"]
    batch = tenant.world.exchange_online.tenant.batches[NAME]
    assert sorted(user.address for user in batch.users) == tenant.addresses(20)
    assert batch.complete_after is None

    again = run(tenant, START, manifest)
    assert again.outcome is PlayOutcome.OK, again.why
    assert not again.changed
    assert len(tenant.writes) == 2

    tenant.pass_time(timedelta(minutes=5))
    verified = run(tenant, VERIFY, manifest)
    assert verified.outcome is PlayOutcome.OK, verified.why
    assert verified.answers[0].values["users_read"] == 20


@pytest.mark.parametrize("fault", [LOST_CREATION, LOST_START], ids=["creation", "start"])
def test_lost_answer(tmp_path: Path, fault: dict[str, object]) -> None:
    """It should read back what became of a write whose answer was lost, and send no write twice."""
    with serving(tmp_path, [fault]) as tenant:
        result = run(tenant, START, a_manifest(tenant, *tenant.addresses(5)))

        assert result.outcome is PlayOutcome.OK, result.why
        assert tenant.writes == ["New-MigrationBatch", "Start-MigrationBatch"]


def test_what_a_play_sends_is_counted(tmp_path: Path) -> None:
    """It should tell of each request that reached the tenant, put off, lost or repeated: fewer than are planned on."""
    throttle = {"service": "exchange_online", "call": "*", "nth": 1, "fault": "throttle", "retry_after": 0.25}
    counted: Counter[str] = Counter()
    with serving(tmp_path, [throttle, LOST_CREATION]) as tenant:
        manifest = a_manifest(tenant, *tenant.addresses(5))
        ansible = Ansible(PLAYBOOKS, ESTATE, tenant.endpoints, dry_run=False, seconds=60)
        plays = Plays(ansible, sent=lambda cmdlet, number: counted.update({cmdlet: number}))
        result = plays.run(PlayOrder(play=START, variables=told(tenant, manifest)))

        assert result.outcome is PlayOutcome.OK, result.why
        assert Counter(tenant.cmdlets) == counted
    assert counted.total() <= CALLS_A_BATCH


def test_throttled(tmp_path: Path) -> None:
    """It should wait as long as the tenant asks for, go on, and announce each request that was put off."""
    throttle = {"service": "exchange_online", "call": "*", "nth": 1, "fault": "throttle", "retry_after": 0.25}
    announced: list[Event] = []
    with serving(tmp_path, [throttle]) as tenant:
        result = run(tenant, START, a_manifest(tenant, *tenant.addresses(5)), announce=announced.append)

        assert result.outcome is PlayOutcome.OK, result.why
        assert [(Kind.THROTTLED, tenant.cmdlets[0])] == [(each.kind, each.subject) for each in announced]


def test_throttled_to_the_end(tmp_path: Path) -> None:
    """It should announce what was put off by a play that failed, too."""
    throttled = [
        {"service": "exchange_online", "call": "*", "nth": n, "fault": "throttle", "retry_after": 0}
        for n in range(1, 10)
    ]
    announced: list[Event] = []
    with serving(tmp_path, throttled) as tenant:
        result = run(tenant, START, a_manifest(tenant, *tenant.addresses(1)), announce=announced.append)

    assert result.outcome is not PlayOutcome.OK
    assert 5 == len(announced)


def test_other_users_of_that_name(tenant: ServedTenant) -> None:
    """It should refuse, by name, a batch that holds others, and leave it as it is."""
    first, second, third = tenant.addresses(3)
    run(tenant, START, a_manifest(tenant, first, second))
    tenant.pass_time(timedelta(minutes=5))
    before = len(tenant.writes)

    result = run(tenant, START, a_manifest(tenant, second, third))

    assert result.outcome is PlayOutcome.FAILED
    assert result.failures[0].values["error"] == "BatchDiffers"
    assert NAME in result.why
    assert first in result.why
    assert len(tenant.writes) == before


def test_changed_manifest_touches_nothing(tenant: ServedTenant) -> None:
    """It should refuse a manifest other than the approved one before anything reaches the tenant."""
    approved = digest(a_manifest(tenant, *tenant.addresses(5))).removeprefix("sha256:")
    file = tenant.endpoints.with_name("manifest.json")
    file.write_bytes(msgspec.json.encode(a_manifest(tenant, *tenant.addresses(6))))

    ansible = Ansible(PLAYBOOKS, ESTATE, tenant.endpoints, dry_run=False, seconds=60)
    variables = {"batch_manifest": str(file), "batch_digest": approved}
    result = ansible.run_play(START, variables=variables)

    assert result.outcome is PlayOutcome.FAILED
    assert f"but {approved} was approved" in result.why
    assert tenant.cmdlets == []


def test_manifest_of_another_tenant(tenant: ServedTenant) -> None:
    """It should refuse a manifest of another tenant before anything reaches this one."""
    manifest = a_manifest(tenant, *tenant.addresses(5), tenant="11111111-1111-4111-8111-111111111111")

    result = run(tenant, START, manifest)

    assert result.outcome is PlayOutcome.FAILED
    assert "is for tenant 11111111" in result.why
    assert tenant.cmdlets == []


def test_variables_are_asked_for(tenant: ServedTenant) -> None:
    """It should say which variables it needs when it was given none."""
    ansible = Ansible(PLAYBOOKS, ESTATE, tenant.endpoints, dry_run=False, seconds=60)

    result = ansible.run_play(START)

    assert result.outcome is PlayOutcome.FAILED
    assert "Give batch_manifest" in result.why
