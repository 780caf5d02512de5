"""One sequential client of a whole simulated estate; how it reaches that is a parameter: sockets, or plain calls."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from estate_schema.endpoints import load_endpoints
from exchange_admin.reach import Reach
from exchange_admin.reach_httpx2 import http_client
from rehearsal.credentials import Credentials
from rehearsal.estate import MAIL_DOMAIN, ROUTING_DOMAIN, Estate, Mailbox, generate
from rehearsal.exchange_online.lab import csv_of
from rehearsal.wire import Reply, Request
from rehearsal.world import World
from tests.served import served

SEED = 7
EXCHANGE = "https://outlook.office365.com"
TOKENS = "https://login.microsoftonline.com"
RESTING = {"Created", "Starting", "Waiting", "Syncing", "Completing", "IncrementalSyncing"}
Calls = list[tuple[Request, Reply]]


class Plain(httpx2.BaseTransport):
    """Calls the services of *world* as functions: no socket, no TLS, no server."""

    def __init__(self, world: World) -> None:
        self._doors = {
            "outlook.office365.com": world.handler("exchange_online"),
            "login.microsoftonline.com": world.handler("token"),
            "clock": world.handler("clock"),
        }

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; an answer that is to be lost is a connection cut."""
        reply = self._doors[request.url.host](asked(request))
        if reply.drop:
            raise httpx2.RemoteProtocolError("the connection was cut")
        return httpx2.Response(reply.status, headers=reply.headers, stream=httpx2.ByteStream(reply.body))


class Recorder(httpx2.BaseTransport):
    """Passes every request on, and keeps those for cmdlets with the answers as they came, before any decoding."""

    def __init__(self, inner: httpx2.BaseTransport) -> None:
        self._inner = inner
        self.calls: Calls = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        sent = asked(request)
        try:
            response = self._inner.handle_request(request)
            try:
                assert isinstance(response.stream, Iterable)
                body = b"".join(response.stream)
            finally:
                response.close()
        except httpx2.TransportError:
            self._keep(sent, Reply(0, drop=True))
            raise
        self._keep(sent, Reply(response.status_code, body=body))
        return httpx2.Response(response.status_code, headers=response.headers, stream=httpx2.ByteStream(body))

    def _keep(self, sent: Request, reply: Reply) -> None:
        if sent.path.startswith("/adminapi/"):
            self.calls.append((sent, reply))


def asked(request: httpx2.Request) -> Request:
    """The request as a service sees it."""
    url = request.url
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(request.method, url.path, url.query.decode(), headers, request.read())


@dataclass
class Client:
    """A tenant's operator who does one thing after another; *estate* is what stands behind the services."""

    http: httpx2.Client
    estate: Estate
    clock: str
    recorder: Recorder
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self, client_id: str, secret: str) -> None:
        """Get a token and send it with every cmdlet."""
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": secret,
            "scope": "https://outlook.office365.com/.default",
        }
        answer = self.http.post(f"{TOKENS}/{self.estate.tenant_id}/oauth2/v2.0/token", data=form)
        self.headers["authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

    def post(self, cmdlet: str, **parameters: object) -> httpx2.Response | None:
        """Run one cmdlet; None if the answer was lost."""
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
        try:
            return self.http.post(
                f"{EXCHANGE}/adminapi/beta/{self.estate.tenant_id}/InvokeCommand",
                json=body,
                headers=self.headers,
            )
        except (httpx2.TransportError, httpx2.DecodingError):
            return None

    def rows(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """Run one cmdlet that has to succeed, and read every page."""
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}}
        where: str | None = f"{EXCHANGE}/adminapi/beta/{self.estate.tenant_id}/InvokeCommand"
        rows: list[dict[str, Any]] = []
        while where:
            page = self.http.post(where, json=body, headers=self.headers).raise_for_status().json()
            rows += page["value"]
            where = page.get("@odata.nextLink")
        return rows

    def advance(self, **span: float) -> None:
        """Let virtual time pass."""
        now = datetime.fromisoformat(self.http.get(self.clock).raise_for_status().json()["now"])
        until = now + timedelta(**span)
        self.http.post(self.clock, json={"until": until.isoformat()}).raise_for_status()


@contextmanager
def over_sockets(home: Path, faults: Sequence[dict[str, Any]] = (), size: str = "small") -> Iterator[Client]:
    """A client of an estate that a process of its own serves."""
    with served(home, faults, size=size) as file:
        endpoints = load_endpoints(file)
        credential = endpoints.credentials.exchange_online
        with http_client(Reach.of(endpoints)) as road:
            recorder = Recorder(road._transport)
            with httpx2.Client(transport=recorder) as http:
                client = Client(http, generate(SEED, size), str(endpoints.clock), recorder)
                client.sign_in(credential.client_id, credential.secret())
                yield client


@contextmanager
def in_memory(home: Path, faults: Sequence[dict[str, Any]] = (), size: str = "small") -> Iterator[Client]:
    """A client of an estate in this process."""
    plan = home / "faults.json"
    plan.write_text(json.dumps(list(faults)), encoding="utf-8")
    secrets = Credentials.in_folder(home / "credentials")
    world = World(generate(SEED, size), home=home, fault_file=plan, secrets=secrets)
    recorder = Recorder(Plain(world))
    with httpx2.Client(transport=recorder) as http:
        client = Client(http, world.estate, "http://clock/clock", recorder)
        client.sign_in(secrets.client_id, secrets.client_secret)
        yield client
    world.log.close()


FAULTS = (
    {"service": "exchange_online", "call": "New-MigrationBatch", "nth": 1, "fault": "drop"},
    {"service": "exchange_online", "call": "Get-MigrationUser", "nth": 2, "fault": "throttle"},
    {"service": "exchange_online", "call": "Get-MigrationUser", "nth": 3, "fault": "transient"},
    {"service": "exchange_online", "call": "Get-MigrationConfig", "nth": 1, "fault": "unreadable"},
    {"service": "exchange_online", "call": "Get-MigrationConfig", "nth": 2, "fault": "forbidden"},
    {"service": "exchange_online", "call": "Get-MigrationConfig", "nth": 3, "fault": "redirect"},
)


def night(client: Client) -> Calls:
    """There and back again with one mailbox of each cause: batch, syncs, approvals, completion, and the way back."""
    troubled: dict[str | None, Mailbox] = {}
    for each in client.estate.mailboxes:
        if each.recipient_type == "UserMailbox":
            troubled.setdefault(each.cause, each)
    listed = [mailbox.address for mailbox in troubled.values()]
    plain = troubled[None].address
    client.post(
        "New-MigrationBatch",
        Name="wave-1",
        SourceEndpoint="leeds",
        TargetDeliveryDomain=ROUTING_DOMAIN,
        CSVData=csv_of(listed),
    )
    for _ in range(3):
        client.post("Get-MigrationConfig")
    client.rows("Start-MigrationBatch", Identity="wave-1")
    client.advance(hours=30)
    for address in listed:
        client.post("Get-MigrationUser", Identity=address)
    client.post("Set-MigrationBatch", Identity="wave-1", ApproveSkippedItems=True)
    client.post("Complete-MigrationBatch", Identity="wave-1")
    client.post("Complete-MigrationBatch", Identity="wave-1", Confirm=False)
    client.advance(hours=4)
    client.rows("Get-MigrationUserStatistics", Identity=None)
    client.rows("Get-Mailbox", ResultSize="Unlimited")
    client.post("Remove-MigrationUser", Identity=plain, Confirm=False)
    client.advance(minutes=1)
    client.post("Remove-MoveRequest", Identity=plain, Confirm=False)
    client.post(
        "New-MigrationBatch",
        Name="back",
        TargetEndpoint="leeds",
        TargetDeliveryDomain=MAIL_DOMAIN,
        TargetDatabases=["DB02"],
        CSVData=csv_of([plain]),
        AutoStart=True,
        AutoComplete=True,
    )
    client.advance(hours=30)
    client.rows("Get-MigrationUser", Identity=plain)
    client.rows("Get-MailUser", Identity=plain)
    return client.recorder.calls
