"""The application that tries mail in a served rehearsal: one mailbox to send out of, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from estate_schema.estate import load_estate
from rehearsal.credentials import Credentials
from rehearsal.environments import REHEARSAL
from rehearsal.estate import generate
from rehearsal.exchange_online.errors import NotPermitted
from rehearsal.identity import EXCHANGE, GRAPH
from rehearsal.post.courier import COURIER
from rehearsal.post.post import addresses
from rehearsal.wire import Request
from rehearsal.world import World

ROOT = Path(__file__).parents[3]
BOXES = addresses(REHEARSAL)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Credentials:
    """The throw-away credentials."""
    return Credentials.in_folder(tmp_path_factory.mktemp("world") / "credentials")


@pytest.fixture(scope="module")
def world(secrets: Credentials) -> Iterator[World]:
    """A world as it is served, before a stack was deployed or anybody moved."""
    made = World(generate(7), home=secrets.folder.parent, fault_file=None, secrets=secrets)
    yield made
    made.log.close()


def token(world: World, secrets: Credentials, client: str, service: str) -> str:
    """The value of the header by which *client* comes in at *service*."""
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secrets.client_secret}
    body = urlencode(form | {"scope": f"{service}/.default"}).encode()
    path = f"/{world.estate.tenant_id}/oauth2/v2.0/token"
    answer = json.loads(world.handler("token")(Request("POST", path, body=body)).body)
    return f"Bearer {answer['access_token']}"


USUAL = [{"emailAddress": {"address": BOXES.premises}}]


def sending(
    world: World, secrets: Credentials, client: str, sender: str, to: object = USUAL
) -> tuple[int, str]:
    """The status, and the code of a refusal, when *client* sends a message out of the mailbox *sender*."""
    body = json.dumps({"message": {"subject": "s", "toRecipients": to}}).encode()
    headers = {"authorization": token(world, secrets, client, GRAPH)}
    reply = world.handler("graph")(Request("POST", f"/v1.0/users/{sender}/sendMail", "", headers, body))
    return reply.status, json.loads(reply.body)["error"]["code"] if reply.body else ""


def test_the_courier_alone_may_send_and_out_of_one_mailbox_alone(world: World, secrets: Credentials) -> None:
    """It should take a message out of the mailbox made for it, from nobody else and out of no other."""
    other = world.estate.mailboxes[0].address

    assert (202, "") == sending(world, secrets, COURIER, BOXES.cloud)
    assert (403, "ErrorAccessDenied") == sending(world, secrets, COURIER, other)
    assert (403, "ErrorAccessDenied") == sending(world, secrets, secrets.client_id, BOXES.cloud)


def asking(world: World, secrets: Credentials, client: str, asker: str) -> tuple[int, str]:
    """The status, and the code of a refusal or of the first calendar, when *client* asks as the mailbox *asker*."""
    day = {"dateTime": "2026-09-01T00:00:00", "timeZone": "UTC"}
    next_day = day | {"dateTime": "2026-09-02T00:00:00"}
    body = json.dumps({"schedules": [BOXES.premises], "startTime": day, "endTime": next_day}).encode()
    headers = {"authorization": token(world, secrets, client, GRAPH)}
    path = f"/v1.0/users/{asker}/calendar/getSchedule"
    said = json.loads((reply := world.handler("graph")(Request("POST", path, "", headers, body))).body)
    error = said.get("error") or said["value"][0].get("error") or {}
    return reply.status, str(error.get("code") or error.get("responseCode") or "")


def test_the_courier_alone_may_ask_and_as_one_mailbox_alone(world: World, secrets: Credentials) -> None:
    """It should be shown the calendar at the sites as the mailbox made for it, and nobody else, nor as another."""
    other = world.estate.mailboxes[0].address

    assert (200, "") == asking(world, secrets, COURIER, BOXES.cloud)
    assert (403, "ErrorAccessDenied") == asking(world, secrets, COURIER, other)
    assert (403, "ErrorAccessDenied") == asking(world, secrets, secrets.client_id, BOXES.cloud)


@pytest.mark.parametrize(
    "to",
    [
        [],
        "a@x.example",
        ["a@x.example"],
        [{"address": "a@x.example"}],
        [{"emailAddress": "a@x.example"}],
        [{"emailAddress": {"name": "A"}}],
        [{"emailAddress": {"address": 1}}],
        [*USUAL, {"emailAddress": {"address": "nobody"}}],
    ],
)
def test_a_recipient_that_is_none_is_refused(world: World, secrets: Credentials, to: object) -> None:
    """It should answer 400 where one of the recipients has no address as Graph writes it, and send nothing."""
    assert 400 == sending(world, secrets, COURIER, BOXES.cloud, to)[0]


def test_the_courier_runs_no_cmdlet(world: World, secrets: Credentials) -> None:
    """It should have no role that carries a cmdlet: the trace is read with the other credential."""
    claims = world.tokens.claims(token(world, secrets, COURIER, EXCHANGE))
    assert claims is not None

    with pytest.raises(NotPermitted):
        world.exchange_online.rbac.caller(claims, "Get-MessageTraceV2")


def test_the_estate_file_names_the_mailboxes_that_are_served() -> None:
    """It should declare the two that the rehearsal has, as the scope is theirs."""
    declared = load_estate(ROOT / "environments" / "estate.rehearsal.yaml").delivery
    assert declared is not None

    assert (BOXES.premises, BOXES.cloud) == (declared.premises, declared.cloud)
