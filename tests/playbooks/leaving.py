"""Two empty sites of one organisation and their tenant on loopback, of which bristol leaves and leeds stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import trustme
import yaml

from estate_schema.endpoints import load_endpoints
from exchange_admin.connect import exchange_online
from rehearsal.credentials import Credentials
from rehearsal.environments import REHEARSAL
from rehearsal.estate import Estate
from rehearsal.estate import Site as SourceSite
from rehearsal.faces import face
from rehearsal.site.app import KEEP_ALIVE_SECONDS
from rehearsal.site.app import build as exchange
from rehearsal.windows.app import build as windows
from rehearsal.windows.door import Door
from rehearsal.wire import CmdletCall, CmdletResult
from rehearsal.world import World
from tests.mailwave.rehearsed.name_server import NameServer, name_server
from tests.playbooks.loopback import ESTATE, listening, listening_many, write_endpoints
from tests.playbooks.servers import EXCHANGE_2019, EXCHANGE_SE, a_site

USER, PASSWORD = "REHEARSAL\\migration", "throw-away"
STAYS, LEAVES = "leeds", "bristol"
SITES = {STAYS: {"EX01": EXCHANGE_SE}, LEAVES: {"EX11": EXCHANGE_2019, "EX12": EXCHANGE_2019}}
SERVERS = tuple(SITES[LEAVES])
GROUP = "DAG-BRISTOL"
FIELDS = "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"
READS = ("Get-", "Test-")
_SCRIPTS = {
    "powershell_mkdtemp.ps1",
    "powershell_expand_user.ps1",
    "psrp_fetch_file.ps1",
    "remove",
    "boot_time",
}
TO_THE_TENANT = {"MX": ["0 nhsmail-example.mail.protection.outlook.com."]}
AUTODISCOVER = {"CNAME": ["autodiscover.outlook.com."]}


def site(name: str) -> SourceSite:
    """The site called *name*; its databases have names that no other site's have, as in every organisation."""
    made = a_site(SITES[name], name)
    servers = (
        replace(each, databases=tuple(f"{each.name}-{part}" for part in ("A", "B"))) for each in made.servers
    )
    return replace(made, servers=tuple(servers))


def own_address(server: str) -> str:
    """Where *server* says that Autodiscover is, as Setup leaves it."""
    return f"https://{server.lower()}.{LEAVES}.{REHEARSAL.mail_domain}/Autodiscover/Autodiscover.xml"


@dataclass
class Scene:
    """All of it; *calls* are what reached the sites and the servers from outside, *after* is told of each.

    Whatever Setup does to the directory reaches the other site's controllers after a while, so time passes then.
    """

    world: World
    folder: Path
    names: NameServer
    sources: tuple[SourceSite, ...]
    calls: list[tuple[str, CmdletCall]] = field(default_factory=list)
    after: Callable[[CmdletCall], None] = lambda _: None

    @property
    def endpoints(self) -> Path:
        """The endpoints file."""
        return self.folder / "endpoints.json"

    @property
    def inventory(self) -> Path:
        """The estate file."""
        return self.folder / "estate.rehearsal.yaml"

    @property
    def logs(self) -> Path:
        """The folder of the logs that the estate file names."""
        return self.folder / "logs"

    @property
    def writes(self) -> list[str]:
        """What changes something, outside check mode, in the order in which it came."""
        return [call.cmdlet for _, call in self.calls if _writes(call)]

    def invoke(self, site: str, call: CmdletCall) -> CmdletResult:
        """Run a cmdlet and remember it."""
        self.calls.append((site, call))
        result = self.world.sites[site].invoke(call)
        self.after(call)
        return result

    def door(self, server: str) -> Door:
        """The way into Windows on *server*."""

        def invoke(call: CmdletCall) -> CmdletResult:
            self.calls.append((server, call))
            result = self.world.windows.invoke(call)
            if call.cmdlet.endswith("win_powershell") and not call.parameters.get("check"):
                self.pass_time(timedelta(minutes=30))
            self.after(call)
            return result

        return Door(partial(self.world.windows.machines.__getitem__, server), invoke)

    def run(self, cmdlet: str, *, site: str = LEAVES, **parameters: object) -> list[dict[str, Any]]:
        """Run a cmdlet as an administrator by hand, unremembered; the rows that it wrote."""
        result = self.world.sites[site].invoke(CmdletCall(USER, cmdlet, parameters))
        assert result.errors == []
        return list(result.rows)

    def pass_time(self, duration: timedelta) -> None:
        """Let the clock go on, and the receive logs with it."""
        self.world.clock.advance_to(self.world.clock.now + duration)
        self.write_logs()

    def write_logs(self, *lines: str) -> None:
        """Logs of both servers that cover 31 days in which nobody sent, and *lines* beside them."""
        now = self.world.clock.now
        quiet = [
            _line(now - age, server, "EHLO monitor")
            for server in SERVERS
            for age in (timedelta(days=31), timedelta(minutes=5))
        ]
        self.logs.mkdir(exist_ok=True)
        (self.logs / "RECV1.LOG").write_text("\n".join([FIELDS, *quiet, *lines]), encoding="utf-8")

    def sends(self, server: str = "EX12") -> None:
        """A printer has sent by *server* yesterday."""
        at = self.world.clock.now - timedelta(days=1)
        self.write_logs(_line(at, server, "MAIL FROM:<printer@nhsmail.example>"))

    def leave(self, *, marked: bool = True) -> None:
        """Write the estate file, in which bristol is *marked* as leaving or not."""
        data = yaml.safe_load(ESTATE.read_text(encoding="utf-8"))
        data["sites"] = [_site(source) for source in self.sources]
        if marked:
            data["sites"][1]["leaving"] = {"logs": str(self.logs)}
        self.inventory.write_text(yaml.safe_dump(data), encoding="utf-8")

    def standing(self) -> dict[str, object]:
        """What there is of the site that a step takes away, read without any part of the project."""
        own = set(SERVERS)
        at = {"site": STAYS}
        connectors = self.run("Get-SendConnector", **at)
        return {
            "sources": {row["Name"] for row in connectors if own & {*row["SourceTransportServers"]}},
            "receives": sum(
                bool(row["Enabled"]) for row in self.run("Get-ReceiveConnector", **at) if row["Server"] in own
            ),
            "finds": {
                row["Name"]
                for row in self.run("Get-ClientAccessService", **at)
                if row["Name"] in own
                and row["AutoDiscoverServiceInternalUri"] == own_address(str(row["Name"]))
            },
            "databases": {
                row["Name"] for row in self.run("Get-MailboxDatabase", **at) if row["Server"] in own
            },
            "groups": {row["Name"] for row in self.run("Get-DatabaseAvailabilityGroup", **at)},
            "servers": {row["Name"] for row in self.run("Get-ExchangeServer", **at)} & own,
        }


def _writes(call: CmdletCall) -> bool:
    looks = call.cmdlet.startswith(READS) or call.cmdlet in _SCRIPTS
    return not (looks or call.parameters.get("check"))


def _line(at: datetime, server: str, data: str) -> str:
    moment = at.isoformat().replace("+00:00", "Z")
    return f'{moment},{server}\\Relay,08D1,3,10.0.0.1:25,10.1.2.3:51515,<,"{data}",'


def _site(source: SourceSite) -> dict[str, Any]:
    rows = [
        {"name": each.name, "fqdn": each.fqdn, "version": each.version.split()[1]} for each in source.servers
    ]
    if len(rows) > 1:
        rows = [row | {"dag": GROUP} for row in rows]
    return {"name": source.name, "endpoint": source.name, "servers": rows}


@contextmanager
def serving(folder: Path, sites: Sequence[str] = tuple(SITES)) -> Iterator[Scene]:
    """Serve *sites* and the tenant for the time of the block; *folder* keeps the files."""
    sources = tuple(map(site, sites))
    (folder / "faults.json").write_text("[]", encoding="utf-8")
    (folder / "home").mkdir()
    credentials = Credentials.in_folder(folder / "credentials")
    world = World(
        Estate(7, REHEARSAL, sources, (), ()),
        home=folder / "home",
        fault_file=folder / "faults.json",
        secrets=credentials,
    )
    with ExitStack() as stack:
        stack.callback(world.log.close)
        scene = Scene(world, folder, stack.enter_context(name_server()), sources)
        domain = REHEARSAL.mail_domain
        scene.names.holds({domain: TO_THE_TENANT, f"autodiscover.{domain}": AUTODISCOVER})
        scene.write_logs()
        scene.leave()
        _serve(stack, scene, credentials)
        _empty(scene)
        yield scene


def _empty(scene: Scene) -> None:
    """The site as it is when it may go: no endpoint, no folders, and the tenant sends nothing by way of it."""
    scene.world.exchange_online.tenant.endpoints.pop(LEAVES, None)
    for server in SERVERS:
        scene.run(
            "Set-ClientAccessService", Identity=server, AutoDiscoverServiceInternalUri=own_address(server)
        )
    folders = scene.world.sites[LEAVES].address_book.public_folders
    for row in folders.rows():
        if row["Name"] != "IPM_SUBTREE":
            folders.remove(row, "dc01.bristol.nhsmail.example")
    scene.pass_time(timedelta(hours=1))
    with exchange_online(load_endpoints(scene.endpoints), dry_run=False) as tenant:
        for connector in tenant.invoke("Get-OutboundConnector").rows:
            tenant.invoke("Set-OutboundConnector", {"Identity": connector["Identity"], "Enabled": False})


def _serve(stack: ExitStack, scene: Scene, credentials: Credentials) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(scene.folder / "ca.pem"))
    leaf = authority.issue_cert("127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(scene.folder / "server.pem"))
    tls = {"ssl_certfile": str(scene.folder / "server.pem")}
    addresses = {
        name: f"https://127.0.0.1:{stack.enter_context(listening(face(scene.world.handler(name)), **tls))}"
        for name in ("token", "exchange_online")
    }
    clock = stack.enter_context(listening(face(scene.world.handler("clock"))))
    connect = _premises(stack, scene)
    host, port = scene.names.place
    write_endpoints(
        scene.endpoints,
        credentials.client_secret,
        client=credentials.client_id,
        ca=str(scene.folder / "ca.pem"),
        sites=[
            {"name": source.name, "powershell": f"http://{source.servers[0].fqdn}/PowerShell/"}
            for source in scene.sources
        ],
        connect=connect,
        clock=f"http://127.0.0.1:{clock}/clock",
        dns=f"dns://{host}:{port}",
        **addresses,
    )
    secret = scene.folder / "site-secret"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o600)
    document = json.loads(scene.endpoints.read_text(encoding="utf-8"))
    document["credentials"]["sites"]["secret_file"] = str(secret)
    scene.endpoints.write_text(json.dumps(document), encoding="utf-8")


def _premises(stack: ExitStack, scene: Scene) -> dict[str, str]:
    """Serve each site's Exchange and each server's Windows; where they answer, by host and port."""
    servers = [server for source in scene.sources for server in source.servers]
    apps = [
        exchange(
            partial(scene.invoke, source.name),
            {USER: PASSWORD},
            servers={server.fqdn: server.name for server in source.servers},
            has_exchange=lambda server: server not in scene.world.organisation.around.gone,
        )
        for source in scene.sources
    ]
    apps += [windows(scene.door(server.name), {USER: PASSWORD}) for server in servers]
    ports = stack.enter_context(listening_many(apps, timeout_keep_alive=KEEP_ALIVE_SECONDS))
    connect = {
        f"{server.fqdn}:80": f"127.0.0.1:{port}"
        for source, port in zip(scene.sources, ports, strict=False)
        for server in source.servers
    }
    for server, port in zip(servers, ports[len(scene.sources) :], strict=True):
        connect[f"{server.fqdn}:5985"] = f"127.0.0.1:{port}"
    return connect
