"""Simulated servers on loopback, Exchange's face and Windows's, for plays that change what stands on a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from rehearsal.clock import VirtualClock
from rehearsal.environments import REHEARSAL
from rehearsal.estate import START, Estate, Server
from rehearsal.estate import Site as SourceSite
from rehearsal.site import Site
from rehearsal.site.app import KEEP_ALIVE_SECONDS
from rehearsal.site.app import build as exchange
from rehearsal.site.machine import Machine, Machines
from rehearsal.site.organisation import Organisation
from rehearsal.site.shells import Counts
from rehearsal.windows import Door, Windows
from rehearsal.windows.app import build as windows
from rehearsal.wire import CmdletCall, CmdletResult
from tests.playbooks.loopback import ESTATE, listening_many, write_endpoints
from tests.playbooks.several import Parts

USER, PASSWORD = "REHEARSAL\\migration", "throw-away"
EXCHANGE_2016, EXCHANGE_2019, EXCHANGE_SE = (
    "Version 15.1 (Build 2507.6)",
    "Version 15.2 (Build 1748.10)",
    "Version 15.2 (Build 2562.17)",
)
TWO = {"EX01": EXCHANGE_2019, "EX02": EXCHANGE_SE}
MIXED = {"EX01": EXCHANGE_2019, "EX02": EXCHANGE_SE, "EX03": EXCHANGE_2016}
"""One site as real ones are: two servers of one availability group, and one of Exchange 2016 that stands alone."""


def a_site(versions: dict[str, str], name: str = "leeds") -> SourceSite:
    """A site of servers by name, with two databases each."""
    servers = tuple(
        Server(server, f"{server.lower()}.{name}.{REHEARSAL.mail_domain}", version, (f"DB{n}A", f"DB{n}B"))
        for n, (server, version) in enumerate(versions.items(), start=1)
    )
    return SourceSite(name, f"mail.{name}.{REHEARSAL.mail_domain}", servers, name.upper())


@dataclass
class Premises:
    """One organisation without mailboxes, in memory; *calls* are all that reached it, through both faces.

    *listed* are the servers that the estate file names, and *listed_members* those of them that it puts into *group*.
    """

    source: SourceSite = field(default_factory=lambda: a_site(MIXED))
    seed: int = 7
    calls: list[CmdletCall] = field(default_factory=list)

    def __post_init__(self) -> None:
        estate = Estate(self.seed, REHEARSAL, (self.source,), (), ())
        self.listed = self.names
        self.group = f"DAG-{self.source.name.upper()}"
        self.listed_members = self.names[:2]
        self.clock = VirtualClock(START)
        self.organisation = Organisation(estate, self.clock)
        self.site = Site(estate.at(self.source.name), self.clock, self.organisation)
        self._windows = Windows(self.organisation.machines, self.clock)

    @property
    def machines(self) -> Machines:
        """The servers as Windows shows them."""
        return self.organisation.machines

    @property
    def names(self) -> list[str]:
        """The servers, in the order of the estate."""
        return [server.name for server in self.source.servers]

    def invoke(self, call: CmdletCall) -> CmdletResult:
        """Run a cmdlet and remember it."""
        self.calls.append(call)
        return self.site.invoke(call)

    def run(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """Run a cmdlet as an administrator by hand, unremembered; the rows that it wrote."""
        result = self.site.invoke(CmdletCall(USER, cmdlet, parameters))
        assert result.errors == []
        return list(result.rows)

    def change(self, server: str, change: Callable[[Machine], Machine]) -> None:
        """Change what stands on *server*, as somebody on it would."""
        self.machines.change(server, change)

    def door(self, server: str) -> Door:
        """The way into Windows on *server*; what passes is remembered."""

        def invoke(call: CmdletCall) -> CmdletResult:
            self.calls.append(call)
            return self._windows.invoke(call)

        return Door(partial(self.machines.__getitem__, server), invoke)

    @property
    def writes(self) -> list[tuple[str, str]]:
        """What reached the servers and changes something, with the server: cmdlets, and modules outside check mode."""
        return [(call.server, call.cmdlet) for call in self.calls if _writes(call)]


def _writes(call: CmdletCall) -> bool:
    if call.cmdlet in _SCRIPTS or call.cmdlet.startswith(("Get-", "Test-")):
        return False
    if "." not in call.cmdlet:
        return True
    arguments: Any = call.parameters.get("arguments", {})
    if call.cmdlet == "community.windows.win_xml" and not arguments.get("fragment"):
        return False
    return call.cmdlet not in _LOOKS and not call.parameters.get("check")


_SCRIPTS = {
    "powershell_mkdtemp.ps1",
    "powershell_expand_user.ps1",
    "psrp_fetch_file.ps1",
    "remove",
    "boot_time",
}
_LOOKS = {
    "ansible.windows.setup",
    "ansible.windows.slurp",
    "ansible.windows.win_certificate_info",
    "ansible.windows.win_find",
    "ansible.windows.win_ping",
    "ansible.windows.win_reg_stat",
    "ansible.windows.win_service_info",
    "ansible.windows.win_stat",
    "community.windows.win_disk_facts",
    "community.windows.win_file_version",
}


@dataclass(frozen=True)
class Served:
    """*premises*, the endpoints file that leads there, and an estate file of them alone."""

    premises: Premises
    endpoints: Path
    inventory: Path
    shells: Counts = field(default_factory=Counts)
    """What the site's remote PowerShell has counted."""
    parts: Parts = field(default_factory=Parts)
    """The same, by the parts of a run of several plays."""


@contextmanager
def serving(folder: Path, premises: Premises, password: str = PASSWORD) -> Iterator[Served]:
    """Serve *premises* for the time of the block; *folder* holds the endpoints file and the secret."""
    parts = Parts()

    def invoke(call: CmdletCall) -> CmdletResult:
        parts.take(call, writes=len(premises.writes), opened=shells.opened)
        return premises.invoke(call)

    face = exchange(invoke, {USER: PASSWORD})
    shells = face.state.shells.counts
    served = Served(premises, folder / "endpoints.json", folder / "estate.rehearsal.yaml", shells, parts)
    source = premises.source
    _write_inventory(served.inventory, source)
    apps = [face]
    apps += [windows(premises.door(name), {USER: PASSWORD}) for name in premises.names]
    with listening_many(apps, timeout_keep_alive=KEEP_ALIVE_SECONDS) as (port, *ports):
        connect = {
            f"{server.fqdn}:5985": f"127.0.0.1:{its}"
            for server, its in zip(source.servers, ports, strict=True)
        }
        sites = [{"name": source.name, "powershell": f"http://127.0.0.1:{port}/PowerShell/"}]
        write_endpoints(served.endpoints, password, sites=sites, connect=connect)
        yield served


def _write_inventory(file: Path, source: SourceSite) -> None:
    data = yaml.safe_load(ESTATE.read_text(encoding="utf-8"))
    data["sites"] = [{"name": source.name, "endpoint": source.name, "servers": _listed(source)}]
    file.write_text(yaml.safe_dump(data), encoding="utf-8")


def _listed(source: SourceSite) -> list[dict[str, str]]:
    """The servers, of which those of Exchange 2019 and SE are one availability group."""
    rows = [
        {"name": each.name, "fqdn": each.fqdn, "version": each.version.split()[1]} for each in source.servers
    ]
    return [row | ({"dag": f"DAG-{source.name.upper()}"} if row["version"] == "15.2" else {}) for row in rows]
