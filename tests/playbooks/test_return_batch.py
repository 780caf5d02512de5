"""The way back through the plays: the manifest of a return, made, completed and removed by Ansible."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from estate_schema.endpoints import load_endpoints
from exchange_admin import connect
from exchange_admin.migration import complete, read_manifest, remove_ended, start
from mailwave.adapters.ansible import Ansible
from mailwave.adapters.play_batches import PlayBatches
from mailwave.adapters.plays import Plays
from mailwave.core.batches import Destination, Release
from mailwave.core.estate import Mailbox, Record
from mailwave.core.returns import returns
from mailwave.core.states import MailboxState
from mailwave.runbooks.wave.batches import write_manifest
from rehearsal.estate import MAIL_DOMAIN
from rehearsal.wire import CmdletCall
from tests.playbooks.loopback import ESTATE, PLAYBOOKS
from tests.playbooks.tenant import SITE_ACCOUNT, ServedTenant, serving

COPIED, ENDED = timedelta(hours=40), timedelta(hours=6)


def records(tenant: ServedTenant) -> list[Record]:
    """Two people of the first site, as the ledger has those who have moved."""
    found = []
    for address in tenant.addresses(2):
        call = CmdletCall(SITE_ACCOUNT, "Get-Mailbox", {"Identity": address})
        (row,) = tenant.world.sites["leeds"].invoke(call).rows
        mailbox = Mailbox(
            guid=str(row["ExchangeGuid"]),
            address=address,
            alias=str(row["Alias"]),
            display_name="",
            organisation="",
            site="leeds",
            recipient_type="UserMailbox",
            legacy_dn="",
            server="EX01",
            database=str(row["Database"]),
            size_bytes=1,
            items=1,
        )
        found.append(Record(mailbox, MailboxState.MOVED))
    return found


def move_there(tenant: ServedTenant, people: list[Record], folder: Path) -> None:
    """Move them without plays, and remove the batch by which they went, as a return does first."""
    place = Destination(
        "rehearsal", tenant.world.estate.tenant_id, "nhsmail.mail.onmicrosoft.com", {"leeds": "leeds"}
    )
    file, listed = write_manifest(folder, place.manifest("there", "leeds", [each.mailbox for each in people]))
    manifest = read_manifest(str(file), listed)
    with connect.exchange_online(load_endpoints(tenant.endpoints), dry_run=False) as admin:
        start(admin, manifest)
        tenant.pass_time(COPIED)
        now = tenant.world.clock.now
        complete(admin, manifest, now=now, opens=now, closes=now + ENDED)
        tenant.pass_time(ENDED)
        remove_ended(admin, manifest)
        tenant.pass_time(timedelta(minutes=1))


@pytest.mark.timeout(900)
def test_back_by_plays(tmp_path: Path) -> None:
    """It should push them to their site's endpoint and databases, once, and end with each where they came from."""
    with serving(tmp_path, []) as tenant:
        people = records(tenant)
        move_there(tenant, people, tmp_path / "manifests")
        addresses = [each.mailbox.address for each in people]
        assert {"cloud"} == {tenant.home_of(address) for address in addresses}
        (back,) = returns(people, addresses)
        made = back.manifest("rehearsal", tenant.world.estate.tenant_id, "leeds", MAIL_DOMAIN)
        file, listed = write_manifest(tmp_path / "manifests", made)
        before = len(tenant.writes)
        ansible = Ansible(PLAYBOOKS, ESTATE, tenant.endpoints, dry_run=False, seconds=120)
        batches = PlayBatches(Plays(ansible))

        batches.start(file, listed)
        tenant.pass_time(COPIED)
        now = tenant.world.clock.now
        batches.complete(file, listed, Release(now, now + ENDED))
        tenant.pass_time(ENDED)
        batches.remove(file, listed)
        tenant.pass_time(timedelta(minutes=1))

        assert {"site"} == {tenant.home_of(address) for address in addresses}
        sent = [cmdlet for cmdlet in tenant.writes[before:] if cmdlet.endswith("MigrationBatch")]
        acts = ("New", "Start", "Complete", "Remove")
        assert [f"{act}-MigrationBatch" for act in acts] == sent
        assert back.name not in tenant.world.exchange_online.tenant.batches
