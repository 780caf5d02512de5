"""The account of the moves is replaced by the next one, against two sites and a tenant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailwave.adapters.ansible import Ansible
from mailwave.core.plays import PlayOutcome, PlayResult
from tests.playbooks import organisation, tenant
from tests.playbooks.loopback import PLAYBOOKS
from tests.playbooks.organisation import NEXT

PLAY = "34_account_rotation"
GROUP = "Recipient Management"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[organisation.Served, tenant.ServedTenant]]:
    """The sites and the tenant, by one endpoints file."""
    for name in ("sites", "tenant"):
        (tmp_path / name).mkdir()
    with organisation.serving(tmp_path / "sites") as sites, tenant.serving(tmp_path / "tenant") as cloud:
        document = json.loads(cloud.endpoints.read_text())
        ours = json.loads(sites.endpoints.read_text())
        document |= {"sites": ours["sites"], "connect": ours["connect"]}
        document["credentials"]["sites"] = ours["credentials"]["sites"]
        sites.endpoints.write_text(json.dumps(document))
        yield sites, cloud


def run(sites: organisation.Served, **variables: str) -> PlayResult:
    ansible = Ansible(PLAYBOOKS, sites.inventory, sites.endpoints, dry_run=False, seconds=180)
    return ansible.run_play(PLAY, variables=variables)


def members(sites: organisation.Served) -> set[str]:
    return {str(row["Name"]) for row in sites.premises.run("Get-RoleGroupMember", Identity=GROUP)}


@pytest.mark.timeout(900)
def test_rotation(both: tuple[organisation.Served, tenant.ServedTenant]) -> None:
    """It should let both accounts work, keep the old one while an endpoint fails, and then end its rights."""
    sites, cloud = both
    sites.premises.run("Add-RoleGroupMember", Identity=GROUP, Member="svc-migration")

    endpoint = cloud.world.exchange_online.tenant.endpoints["leeds"]
    right, endpoint.remote_server = endpoint.remote_server, "gone.example"
    refused = run(sites, account_rotation_next=NEXT, account_rotation_retired="svc-migration")
    assert refused.outcome is PlayOutcome.FAILED
    assert [("migration-endpoint-refused", "leeds")] == [(each.id, each.subject) for each in refused.findings]
    assert {"svc-migration", NEXT} == members(sites)

    endpoint.remote_server = right
    last = run(sites, account_rotation_next=NEXT, account_rotation_retired="svc-migration")
    assert last.outcome is PlayOutcome.OK, last.why
    assert {NEXT} == members(sites)
