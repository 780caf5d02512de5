"""One Exchange organisation of two sites on loopback, with 2016, 2019 and SE, for plays on what it has once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from rehearsal import sync_server
from rehearsal.clock import VirtualClock
from rehearsal.directory import synchronised
from rehearsal.environments import REHEARSAL
from rehearsal.estate import START, Account, Estate
from rehearsal.faces import face
from rehearsal.site import Organisation, Site
from rehearsal.site.app import KEEP_ALIVE_SECONDS, build
from rehearsal.site.options import Options
from rehearsal.site.shells import Counts
from rehearsal.sync_server import SyncServer
from rehearsal.wire import CmdletCall, CmdletResult, json_reply
from tests.playbooks.loopback import ESTATE, listening_many, write_endpoints
from tests.playbooks.servers import EXCHANGE_2016, EXCHANGE_2019, EXCHANGE_SE, a_site
from tests.playbooks.several import Parts

USER, PASSWORD = "REHEARSAL\\migration", "throw-away"
SITES = {
    "leeds": {"EX01": EXCHANGE_SE},
    "bristol": {"EX11": EXCHANGE_2016, "EX12": EXCHANGE_2019},
}

NEXT = "svc-migration-b"
"""The account that takes the place of the first one in a rotation."""
AT_ONCE = Options(replication_seconds=0, site_replication_minutes=0)
"""Every domain controller knows every write: a play that waits for one would wait in real time."""


@dataclass
class TwoSites:
    """The organisation in memory; *calls* are all that reached it from outside, each with its site."""

    seed: int = 7
    calls: list[tuple[str, CmdletCall]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = VirtualClock(START)
        sources = tuple(a_site(versions, name) for name, versions in SITES.items())
        second = tuple(Account(NEXT, name, "FullAccess") for name in SITES)
        estate = Estate(self.seed, REHEARSAL, sources, (), (), accounts=second)
        self.organisation = Organisation(estate, self.clock, AT_ONCE)
        self.sites = {name: Site(estate.at(name), self.clock, self.organisation) for name in SITES}
        self.sources = {source.name: source for source in sources}
        directories = [site.directory for site in self.sites.values()]
        _, self.sync = synchronised(estate, self.clock, directories)
        self.sync_server = SyncServer(self.sync)

    @property
    def servers(self) -> list[str]:
        """Every server, by name."""
        return [server for versions in SITES.values() for server in versions]

    @property
    def writes(self) -> list[str]:
        """The cmdlets from outside that change something."""
        return [call.cmdlet for _, call in self.calls if not call.cmdlet.startswith(("Get-", "Test-"))]

    def invoke(self, site: str, call: CmdletCall) -> CmdletResult:
        """Run a cmdlet and remember it."""
        self.calls.append((site, call))
        return self.sites[site].invoke(call)

    def synchronise(self, call: CmdletCall) -> CmdletResult:
        """Run a cmdlet on the server of directory synchronisation and remember it."""
        self.calls.append((sync_server.NAME, call))
        return self.sync_server.invoke(call)

    def run(self, cmdlet: str, *, site: str = "leeds", **parameters: object) -> list[dict[str, Any]]:
        """Run a cmdlet as an administrator by hand, unremembered; the rows that it wrote."""
        result = self.sites[site].invoke(CmdletCall(USER, cmdlet, parameters))
        assert result.errors == []
        return result.rows


@dataclass(frozen=True)
class Served:
    """The organisation on loopback, the endpoints file that leads to it, and an estate file of it."""

    premises: TwoSites
    endpoints: Path
    inventory: Path
    faces: tuple[Counts, ...] = ()
    """What the remote PowerShell of each site has counted."""
    parts: Parts = field(default_factory=Parts)
    """The same together, by the parts of a run of several plays."""


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Serve the organisation for the time of the block; *folder* holds its endpoints file and secret."""
    premises = TwoSites()
    parts, faces = Parts(), list[Counts]()

    def invoke(site: str, call: CmdletCall) -> CmdletResult:
        parts.take(call, writes=len(premises.writes), opened=sum(each.opened for each in faces))
        return premises.invoke(site, call)

    apps = [
        build(
            partial(invoke, name),
            {USER: PASSWORD},
            servers={server.fqdn: server.name for server in source.servers},
        )
        for name, source in premises.sources.items()
    ]
    faces += [app.state.shells.counts for app in apps]
    files = folder / "endpoints.json", folder / "estate.rehearsal.yaml"
    served = Served(premises, *files, tuple(faces), parts)
    apps.append(sync_server.build(premises.synchronise, {USER: PASSWORD}))
    apps.append(face(lambda _: json_reply({"now": premises.clock.now.isoformat()})))
    with listening_many(apps, timeout_keep_alive=KEEP_ALIVE_SECONDS) as ports:
        connect = {
            f"{server.fqdn}:80": f"127.0.0.1:{port}"
            for source, port in zip(premises.sources.values(), ports[:-2], strict=True)
            for server in source.servers
        }
        domain = premises.sources["leeds"].servers[0].fqdn.partition(".")[2]
        connect[f"{sync_server.NAME.lower()}.{domain}:5985"] = f"127.0.0.1:{ports[-2]}"
        sites = [
            {"name": name, "powershell": f"http://{source.servers[0].fqdn}/PowerShell/"}
            for name, source in premises.sources.items()
        ]
        clock = f"http://127.0.0.1:{ports[-1]}/clock"
        write_endpoints(served.endpoints, PASSWORD, sites=sites, connect=connect, clock=clock)
        _write_inventory(served.inventory, premises)
        yield served


def _write_inventory(file: Path, premises: TwoSites) -> None:
    data = yaml.safe_load(ESTATE.read_text(encoding="utf-8"))
    data["sites"] = [
        {
            "name": name,
            "endpoint": name,
            "servers": [
                {"name": server.name, "fqdn": server.fqdn, "version": server.version.split()[1]}
                for server in source.servers
            ],
        }
        for name, source in premises.sources.items()
    ]
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
