"""The rehearsed estate without sockets: the services of one world, and the ways that lead to them.

They outlive every operator, as the real ones do: whoever was killed finds them as it left them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import httpx2
import msgspec

from exchange_admin.online import ExchangeOnline as Admin
from exchange_admin.onpremises import OnPremises
from exchange_admin.shell import ErrorSaid, Output
from exchange_admin.tokens import ClientSecretTokens
from mailwave.adapters.discovery_store import DiscoveryStore
from mailwave.adapters.graph import Graph as GraphClient
from mailwave.adapters.licence_groups import LicenceGroups
from mailwave.adapters.notify import Notify as Notifier
from mailwave.adapters.source import Source
from mailwave.adapters.source_reading import Progress, SourceReading
from mailwave.adapters.tenant_reading import TenantReading
from rehearsal import evidence
from rehearsal.clock import VirtualClock
from rehearsal.directory import Entra, synchronised
from rehearsal.directory.objects import OFFICE_E3, AssignedLicence, Group
from rehearsal.estate import ODS_FOLDER, START, Estate, Mailbox, Right, generate
from rehearsal.exchange_online import ExchangeOnline, Options
from rehearsal.faults import Fault, FaultPlan
from rehearsal.graph import OPERATOR, Graph
from rehearsal.identity import GRAPH, TokenService
from rehearsal.notify import Notify
from rehearsal.notify.service import NotifyFaults
from rehearsal.post.post import Post
from rehearsal.post.track import Track
from rehearsal.site import Site, client_logs
from rehearsal.smtp import Relay
from rehearsal.wire import CmdletCall, Reply, Request
from tests import notify_join
from tests.mailwave.rehearsed.boundary import Boundary

HOST = "https://cloud.example"
CLIENT, SECRET = "9f1c33a2-0000-4000-8000-000000000001", "throw-away"
SEED = 7
LICENCE_GROUP = "office"

TRUST, PRESCRIBER, DISPENSER = 28, 30, 8
"""Mailboxes taken of three organisations: one with every cause of trouble, one with old clients, one with none, which
is the only one at its site."""

ACROSS = (15, TRUST + PRESCRIBER)
"""Places of two people at different sites, of whom the first has given the second a right on his mailbox."""


@cache
def small_estate() -> Estate:
    """Three of ten rehearsed organisations, the first cut short, and the last at the other site."""
    whole = generate(SEED, "pair")
    sizes = {
        whole.organisations[0].code: TRUST,
        whole.organisations[4].code: PRESCRIBER,
        whole.organisations[8].code: DISPENSER,
    }
    mailboxes = [
        mailbox
        for code, size in sizes.items()
        for mailbox in [each for each in whole.mailboxes if each.organisation == code][:size]
    ]
    known = {mailbox.alias for mailbox in mailboxes}
    kept = [_without_strangers(mailbox, known) for mailbox in mailboxes]
    owner, colleague = kept[ACROSS[0]], kept[ACROSS[1]]
    kept[ACROSS[0]] = replace(owner, rights=(*owner.rights, Right("FullAccess", colleague.alias)))
    return replace(
        whole,
        organisations=tuple(each for each in whole.organisations if each.code in sizes),
        mailboxes=tuple(kept),
    )


def _without_strangers(mailbox: Mailbox, known: set[str]) -> Mailbox:
    return replace(mailbox, rights=tuple(right for right in mailbox.rights if right.trustee in known))


@cache
def ods_exports() -> dict[str, bytes]:
    """The rows of those organisations in the exports of the Organisation Data Service, by file name."""
    starts = tuple(f'"{each.code}",'.encode() for each in small_estate().organisations)
    return {
        file.name: b"".join(
            row for row in file.read_bytes().splitlines(keepends=True) if row.startswith(starts)
        )
        for file in sorted(ODS_FOLDER.glob("*.csv"))
    }


def with_cause(estate: Estate, address: str, cause: str | None) -> Estate:
    """*estate* with another cause of trouble in one mailbox."""
    changed = (
        replace(mailbox, cause=cause) if mailbox.address == address else mailbox
        for mailbox in estate.mailboxes
    )
    return replace(estate, mailboxes=tuple(changed))


@dataclass(frozen=True)
class Sent:
    """One cmdlet that reached Exchange Online: when, what, and whether it took effect."""

    at: datetime
    cmdlet: str
    parameters: Mapping[str, Any]
    took_effect: bool


class Services:
    """Everything outside, in memory. *faults* and *notify_faults* replace the usual ones."""

    def __init__(
        self,
        estate: Estate | None = None,
        *,
        faults: Sequence[Fault] | None = None,
        notify_faults: NotifyFaults | None = None,
        options: Options | None = None,
    ) -> None:
        self.estate = estate or small_estate()
        self.clock = VirtualClock(START)
        self.faults = FaultPlan.default(SEED, self.estate) if faults is None else FaultPlan(list(faults))
        self.track = Track()
        self.sites = {
            site.name: Site(self.estate.at(site.name), self.clock, track=self.track)
            for site in self.estate.sites
        }
        self.tokens = TokenService(self.estate.tenant_id, {CLIENT: SECRET}, roles={CLIENT: {GRAPH: OPERATOR}})
        directories = [site.directory for site in self.sites.values()]
        self.directory, self.sync = synchronised(self.estate, self.clock, directories)
        self.licence_group = licence_group(self.directory)
        self.online = ExchangeOnline(
            self.estate,
            self.clock,
            self.faults,
            directories,
            self.tokens,
            options,
            mail_users=self.directory,
            track=self.track,
        )
        self.post = Post(self.estate, self.clock, self.track, self.sites, self.online)
        self.graph = Graph(self.directory, self.tokens, SEED, mail=self.post)
        self.relay = Relay(self.clock, self.estate.tenant.mail_domain, onward=self.post.from_premises)
        self.notify = Notify(self.clock, notify_join.KEY, faults=notify_faults)
        self.sent: list[Sent] = []

    def cloud(self, boundary: Boundary, *, dry_run: bool = False) -> Admin:
        """The real client of Exchange Online, joined to this one."""
        http = httpx2.Client(transport=_Wire(self, boundary))
        tokens = ClientSecretTokens(HOST, self.estate.tenant_id, CLIENT, lambda: SECRET, http)
        sleep = Time(self.clock, boundary).sleep
        return Admin(HOST, self.estate.tenant_id, tokens, http, dry_run=dry_run, sleep=sleep)

    def administer(self, cmdlet: str, parameters: Mapping[str, Any]) -> None:
        """Somebody else's administrator runs a cmdlet in the tenant."""
        body = {"CmdletInput": {"CmdletName": cmdlet, "Parameters": {**parameters, "Confirm": False}}}
        tokens = ClientSecretTokens(
            HOST,
            self.estate.tenant_id,
            CLIENT,
            lambda: SECRET,
            httpx2.Client(transport=_Wire(self, Boundary())),
        )
        path = f"/adminapi/beta/{self.estate.tenant_id}/InvokeCommand"
        headers = {"authorization": f"Bearer {tokens.token()}"}
        reply = self.online.handle(Request("POST", path, "", headers, msgspec.json.encode(body)))
        assert reply.status == 200, reply.body

    def licences(self, boundary: Boundary) -> LicenceGroups:
        """The real client of the licence groups, joined to this tenant's Graph."""
        return LicenceGroups(self.graph_client(boundary), {LICENCE_GROUP: self.licence_group.id})

    def graph_client(self, boundary: Boundary, faults: Mapping[int, int] = {}) -> GraphClient:
        """The real client of Graph, joined to this tenant's; *faults* as in `tenant`."""
        http = httpx2.Client(transport=_GraphWire(self, boundary, faults))
        tokens = ClientSecretTokens(
            HOST, self.estate.tenant_id, CLIENT, lambda: SECRET, http, f"{GRAPH}/.default"
        )
        return GraphClient(GRAPH, tokens, http, Time(self.clock, boundary).sleep)

    def premises(self, name: str = "leeds", *, dry_run: bool = True) -> OnPremises:
        """The real client of the site *name*, on a shell that reaches it directly; in a *dry_run* it only reads."""
        return OnPremises(lambda: _Shell(self.sites[name]), dry_run=dry_run, sleep=lambda _: None)

    def at_source(self) -> list[Mailbox]:
        """The mailboxes still live on premises."""
        return [mailbox for site in self.sites.values() for mailbox in site.directory.mailboxes()]

    def source(self) -> Source:
        """The real reader of all sites."""
        servers = {server.name: site.name for site in self.estate.sites for server in site.servers}
        return Source({name: self.premises(name) for name in self.sites}, servers)

    def tenant(
        self, store: DiscoveryStore, boundary: Boundary, *, faults: Mapping[int, int] = {}
    ) -> TenantReading:
        """The real reader of the tenant; *faults* are statuses with which Graph answers instead, by place."""
        graph = self.graph_client(boundary, faults)
        return TenantReading(graph, self.cloud(boundary), store, lambda *_: None)

    def reading(
        self, store: DiscoveryStore, *, shells: int = 2, progress: Progress = lambda *_: None
    ) -> SourceReading:
        """The real reader of all sites into *store*, with so many *shells* at each."""
        servers = {server.name: site.name for site in self.estate.sites for server in site.servers}
        sites = {name: [self.premises(name) for _ in range(shells)] for name in self.sites}
        return SourceReading(sites, servers, store, progress)

    def notifier(self, boundary: Boundary, *, dry_run: bool = False) -> Notifier:
        """The real client of Notify, joined to this one."""
        client = notify_join.client(self.notify)
        client.request_session.mount("http://notify", NotifyWire(self.notify, boundary))
        return Notifier(client, sleep=Time(self.clock, boundary).sleep, dry_run=dry_run)

    def logs(self, folder: Path) -> dict[str, bytes]:
        """The servers' RPC Client Access logs, by name."""
        if not folder.exists():
            client_logs.write(folder, self.estate, START)
        return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.LOG"))}

    def evidence(self, folder: Path) -> Path:
        """*folder*, with the evidence that the estate's teams hand in."""
        if not folder.exists():
            evidence.write(folder, self.estate, START)
        return folder


def licence_group(entra: Entra) -> Group:
    """A group that licenses its members for Office 365 E3, as the identity stack makes one."""
    store = entra.store
    made = Group(
        id=store.new_id("group"),
        display_name="licence office",
        created_date_time=store.clock.now,
        mail_nickname="office",
    )
    entra.add_group(made)
    return entra.licensing.give_by_group(made, [AssignedLicence(OFFICE_E3.sku_id)], ())


class Time:
    """The services' clock as the operator has it; whoever sleeps moves it."""

    def __init__(self, clock: VirtualClock, boundary: Boundary) -> None:
        self._clock = clock
        self._boundary = boundary

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._clock.now

    def sleep_until(self, when: datetime) -> None:
        """Move on to *when*."""
        self._boundary.around("sleep", lambda: self._clock.advance_to(max(when, self._clock.now)))

    def sleep(self, seconds: float) -> None:
        """Move on by *seconds*."""
        self.sleep_until(self._clock.now.astimezone(UTC) + timedelta(seconds=seconds))


class _Wire(httpx2.BaseTransport):
    """Carries requests to Exchange Online and its token service; a dropped answer is a connection that was cut."""

    def __init__(self, services: Services, boundary: Boundary) -> None:
        self._services = services
        self._boundary = boundary

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request; a write is a boundary on both sides of its effect."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = request.url
        asked = Request(request.method, url.path, url.query.decode(), headers, request.read())
        if "/adminapi/" not in url.path:
            reply = self._services.tokens.handle(asked)
            return httpx2.Response(reply.status, headers=reply.headers, stream=httpx2.ByteStream(reply.body))
        command = msgspec.json.decode(asked.body)["CmdletInput"]
        cmdlet, parameters = command["CmdletName"], command["Parameters"]
        if cmdlet.startswith("Get-"):
            reply = self._services.online.handle(asked)
        else:
            reply = self._boundary.around(cmdlet, lambda: self._write(asked, cmdlet, parameters))
        if reply.drop:
            raise httpx2.ReadError("the connection was cut")
        return httpx2.Response(reply.status, headers=reply.headers, stream=httpx2.ByteStream(reply.body))

    def _write(self, asked: Request, cmdlet: str, parameters: Mapping[str, Any]) -> Reply:
        reply = self._services.online.handle(asked)
        self._services.sent.append(
            Sent(self._services.clock.now, cmdlet, parameters, took_effect=reply.status == 200)
        )
        return reply


class _GraphWire(httpx2.BaseTransport):
    """Carries requests to Graph and its token service; a batch with a write is a boundary on both sides.

    *faults* are statuses with which the gateway before Graph answers instead, by the place of the request from 1.
    """

    def __init__(self, services: Services, boundary: Boundary, faults: Mapping[int, int] = {}) -> None:
        self._services = services
        self._boundary = boundary
        self._faults = faults
        self._asked = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = request.url
        asked = Request(request.method, url.path, url.query.decode(), headers, request.read())
        graphs = url.path.startswith("/v1.0/")
        self._asked += graphs
        if graphs and (status := self._faults.get(self._asked)) is not None:
            said = {"error": {"message": "planned"}}
            return httpx2.Response(status, headers={"Retry-After": "1.5"}, json=said)
        if not graphs:
            reply = self._services.tokens.handle(asked)
        elif b'"POST"' in asked.body:
            reply = self._boundary.around("joining", lambda: self._services.graph.handle(asked))
        else:
            reply = self._services.graph.handle(asked)
        return httpx2.Response(reply.status, headers=reply.headers, stream=httpx2.ByteStream(reply.body))


class NotifyWire(notify_join.Wire):
    """Carries requests to Notify; a notice is a boundary on both sides of its effect."""

    def __init__(self, notify: Notify, boundary: Boundary) -> None:
        super().__init__(notify)
        self._boundary = boundary

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer one request."""

        def answer() -> Any:
            return super(NotifyWire, self).send(request, *args, **kwargs)

        return answer() if request.method == "GET" else self._boundary.around("notice", answer)


_ONE_AT_A_TIME = Lock()
"""A served site answers one request after the other, whoever asks."""


class _Shell:
    """A remote PowerShell of the site, without the network: values come as pypsrp's would, in plain form."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def run(self, cmdlet: str, parameters: Mapping[str, object], into: str | None = None) -> Output:
        """Run *cmdlet* to its end, and *into* on each object that it wrote."""
        output = self._run(cmdlet, parameters)
        if into is None:
            return output
        parts = [self._run(into, {"Identity": row["DistinguishedName"]}) for row in output.rows]
        rows = [row for part in parts for row in part.rows]
        errors = output.errors + [error for part in parts for error in part.errors]
        return Output(rows, output.warnings, errors)

    def _run(self, cmdlet: str, parameters: Mapping[str, object]) -> Output:
        with _ONE_AT_A_TIME:
            result = self._site.invoke(CmdletCall("REHEARSAL\\migration", cmdlet, dict(parameters)))
        rows = [{name: _plain(value) for name, value in row.items()} for row in result.rows]
        errors = [ErrorSaid(error.exception.rpartition(".")[2], error.text) for error in result.errors]
        return Output(rows, list(result.warnings), errors)

    def close(self) -> None:
        """Nothing is held."""


def _plain(value: object) -> object:
    return str(value) if isinstance(value, uuid.UUID) else value
