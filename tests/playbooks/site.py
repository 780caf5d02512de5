"""A simulated site on loopback, for plays that speak to it through the unmodified client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from rehearsal.clock import VirtualClock
from rehearsal.estate import START, Estate, generate
from rehearsal.site import Site
from rehearsal.site.app import KEEP_ALIVE_SECONDS, build
from rehearsal.wire import CmdletCall, CmdletResult
from tests.playbooks.loopback import ESTATE, listening, write_endpoints

USER, PASSWORD = "REHEARSAL\\migration", "throw-away"


@dataclass
class ServedSite:
    """The site, the endpoints file that leads to it, an estate file of it alone, and every cmdlet that reached it."""

    endpoints: Path
    inventory: Path
    estate: Estate = field(default_factory=lambda: generate(1))
    site: Site = field(init=False)
    calls: list[CmdletCall] = field(default_factory=list)
    after: Callable[[CmdletCall], None] = lambda call: None
    """Told of each cmdlet that has run."""

    def __post_init__(self) -> None:
        self.site = Site(self.estate, VirtualClock(START))

    def invoke(self, call: CmdletCall) -> CmdletResult:
        """Run a cmdlet and remember it."""
        self.calls.append(call)
        result = self.site.invoke(call)
        self.after(call)
        return result

    @property
    def writes(self) -> list[str]:
        """The cmdlets that reached the site and change something."""
        return [call.cmdlet for call in self.calls if not call.cmdlet.startswith("Get-")]

    def connectors(self, server: str) -> dict[str, dict[str, object]]:
        """The receive connectors of *server* by name, read without any part of the project."""
        rows = self.site.invoke(CmdletCall(USER, "Get-ReceiveConnector", {"Server": server})).rows
        return {str(row["Name"]): row for row in rows}


@contextmanager
def serving(folder: Path) -> Iterator[ServedSite]:
    """Serve a site for the time of the block; *folder* holds its endpoints file and secret."""
    served = ServedSite(folder / "endpoints.json", folder / "estate.rehearsal.yaml")
    _write_inventory(served.inventory, served.estate)
    app = build(served.invoke, {USER: PASSWORD})
    with listening(app, timeout_keep_alive=KEEP_ALIVE_SECONDS) as port:
        sites = [{"name": "leeds", "powershell": f"http://127.0.0.1:{port}/PowerShell/"}]
        write_endpoints(served.endpoints, PASSWORD, sites=sites)
        yield served


def _write_inventory(file: Path, estate: Estate) -> None:
    """Write the rehearsal's estate file with the one site of *estate* in place of its own."""
    data = yaml.safe_load(ESTATE.read_text(encoding="utf-8"))
    name = estate.site.name
    servers = [
        {"name": each.name, "fqdn": each.fqdn, "version": each.version.split()[1]}
        for each in estate.site.servers
    ]
    data["sites"] = [{"name": name, "endpoint": name, "servers": servers}]
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
