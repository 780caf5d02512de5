"""Graph as a part of the whole rehearsal, and its return after a kill."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from rehearsal.credentials import Credentials
from rehearsal.directory.objects import OFFICE_E3, Group
from rehearsal.estate import generate
from rehearsal.identity import GRAPH
from rehearsal.wire import Reply, Request
from rehearsal.world import World

Build = Callable[[], World]
GROUP = "azuread:index/groupWithoutMembers:GroupWithoutMembers"
LICENCE = "azuread:index/groupLicense:GroupLicense"


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Build]:
    """Build the world that is kept in one folder; building it again is what a new process does."""
    with ExitStack() as built:

        def make() -> World:
            built.close()
            secrets = Credentials.in_folder(tmp_path / "credentials")
            world = World(generate(7), home=tmp_path, fault_file=None, secrets=secrets)
            built.callback(world.log.close)
            return world

        yield make


def bearer(world: World, home: Path) -> dict[str, str]:
    """The headers of somebody who has signed in."""
    secrets = Credentials.in_folder(home / "credentials")
    form = {
        "grant_type": "client_credentials",
        "client_id": secrets.client_id,
        "client_secret": secrets.client_secret,
        "scope": f"{GRAPH}/.default",
    }
    path = f"/{world.estate.tenant_id}/oauth2/v2.0/token"
    reply = world.handler("token")(Request("POST", path, body=urlencode(form).encode()))
    return {"authorization": f"Bearer {json.loads(reply.body)['access_token']}"}


def ask(world: World, home: Path, method: str, path: str, body: object = None) -> Reply:
    """Ask Graph by its logged door."""
    data = b"" if body is None else json.dumps(body).encode()
    return world.handler("graph")(Request(method, f"/v1.0/{path}", "", bearer(world, home), data))


def test_a_killed_rehearsal_has_the_same_directory_again(build: Build, tmp_path: Path) -> None:
    """It should have what a provider made and what Graph was told, down to the ids, when it is replayed."""
    before = build()
    group = provide(before, "/groups", GROUP, {"displayName": "g", "securityEnabled": True})["objectId"]
    user = before.directory.store.ids("users")[0]
    reference = {"@odata.id": f"{GRAPH}/v1.0/directoryObjects/{user}"}
    assert 204 == ask(before, tmp_path, "POST", f"groups/{group}/members/$ref", reference).status

    after = build()

    assert "g" == json.loads(ask(after, tmp_path, "GET", f"groups/{group}").body)["displayName"]
    members = json.loads(ask(after, tmp_path, "GET", f"groups/{group}/members").body)["value"]
    assert [user] == [each["id"] for each in members]


def test_a_group_that_a_provider_made_gives_its_licence(build: Build, tmp_path: Path) -> None:
    """It should have a provider's group, its name and its licence, until the provider takes them away."""
    world = build()
    made = provide(world, "/groups", GROUP, {"displayName": "office", "securityEnabled": True})
    path, key = f"/groups/{made['objectId']}", made["objectId"]
    licence = {"groupObjectId": key, "skuId": OFFICE_E3.sku_id, "disabledPlans": []}
    provide(world, f"{path}/licenses/{OFFICE_E3.sku_id}", LICENCE, licence, "PUT")
    provide(world, path, GROUP, {"displayName": "office again"}, "PATCH")

    group = world.directory.store.get(Group, key)
    assert ("office again", OFFICE_E3.sku_id) == (group.display_name, group.assigned_licenses[0].sku_id)
    provide(world, f"{path}/licenses/{OFFICE_E3.sku_id}", LICENCE, {}, "DELETE")
    assert () == world.directory.store.get(Group, key).assigned_licenses
    provide(world, path, GROUP, {}, "DELETE")
    assert world.directory.store.find(key) is None


def test_a_licence_that_was_not_bought_is_refused(build: Build, tmp_path: Path) -> None:
    """It should refuse the licence in the directory's own words, and keep nothing of it."""
    world = build()
    key = provide(world, "/groups", GROUP, {"displayName": "g", "securityEnabled": True})["objectId"]
    sku = "00000000-0000-4000-8000-000000000001"
    licence = {"groupObjectId": key, "skuId": sku, "disabledPlans": []}

    reply = told(world, f"/groups/{key}/licenses/{sku}", LICENCE, licence, "PUT")

    assert (400, True) == (reply.status, b"valid company License" in reply.body)
    assert () == world.directory.store.get(Group, key).assigned_licenses


def told(world: World, path: str, kind: str, body: object, method: str) -> Reply:
    """What the cloud answers a provider of Pulumi."""
    data = json.dumps(body).encode()
    return world.handler("cloud")(
        Request(method, f"/cloud/entra{path}", "", {"x-rehearsal-type": kind}, data)
    )


def provide(world: World, path: str, kind: str, body: object, method: str = "POST") -> dict[str, Any]:
    """Have a provider do it, as it must be done."""
    reply = told(world, path, kind, body, method)
    assert reply.status < 300, reply.body
    shown: dict[str, Any] = json.loads(reply.body or b"{}")
    return shown


def test_a_moved_mailbox_reaches_the_directory_with_the_next_cycle(build: Build, tmp_path: Path) -> None:
    """It should join the sites' directories with the tenant's (fact D24)."""
    world = build()
    mailbox = world.estate.mailboxes[0]
    world.sites[mailbox.site].directory.convert_to_remote(mailbox.exchange_guid)
    body = json.dumps({"until": "2026-09-01T08:30:00+00:00"}).encode()
    world.handler("clock")(Request("POST", "/clock", body=body))

    user = world.directory.store.by_mailbox(mailbox.exchange_guid)
    assert user is not None
    assert f"SMTP:{mailbox.routing_address}" == user.exchange.target_address


def test_the_directory_and_exchange_online_name_the_same_objects(build: Build, tmp_path: Path) -> None:
    """It should have the ExternalDirectoryObjectId of a recipient as the id of its user (fact D26)."""
    world = build()
    guid = world.estate.mailboxes[0].exchange_guid

    user = world.directory.store.by_mailbox(guid)

    assert user is not None
    assert world.exchange_online.tenant.recipient(guid).directory_id == user.id


def test_a_mail_user_is_there_while_the_directory_has_it(build: Build, tmp_path: Path) -> None:
    """It should be absent from Exchange Online when it is not (or no longer) synchronised (fact D24)."""
    world = build()
    mailbox = world.estate.mailboxes[0]
    user = world.directory.store.by_mailbox(mailbox.exchange_guid)
    assert user is not None

    world.directory.delete(user, synchronising=True)

    assert world.exchange_online.tenant.recipient_by_address(mailbox.address) is None
    assert len(world.estate.mailboxes) - 1 == len(world.exchange_online.tenant.recipients)
    world.directory.restore(user.id)
    assert world.exchange_online.tenant.recipient_by_address(mailbox.address) is not None
