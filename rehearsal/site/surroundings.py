"""What every cmdlet needs to know of where it runs: the estate, the time, the rules, and which controller answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from rehearsal.clock import VirtualClock
from rehearsal.environments import Tenant
from rehearsal.estate import Server
from rehearsal.estate import Site as SourceSite
from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.options import Options
from rehearsal.site.replication import Controllers

Row = dict[str, object]


@dataclass(frozen=True)
class Surroundings:
    """One Exchange organisation of *sites*; *seed* is the estate's.

    *gone* are the names of servers from which Exchange was uninstalled.
    """

    seed: int
    sites: tuple[SourceSite, ...]
    clock: VirtualClock
    controllers: Controllers
    options: Options
    gone: set[str] = field(default_factory=set)

    @property
    def tenant(self) -> Tenant:
        """The tenant that the organisation is joined to in hybrid."""
        return self.sites[0].tenant

    @property
    def servers(self) -> tuple[Server, ...]:
        """Every server of every site that has Exchange."""
        return tuple(server for site in self.sites for server in site.servers if server.name not in self.gone)

    def controller(self, bound: Bound) -> str:
        """The domain controller that answers a call: the one it names, or the one that its server asks."""
        asked = bound.get("DomainController")
        return self.controllers.of(bound.server) if asked is None else self.controllers.named(asked)

    def server(self, asked: str, controller: str) -> Server:
        """The server called *asked*, by name or in full, the first for no name; raise a `failures.CmdletFailure`."""
        for server in self.servers:
            if asked.casefold() in ("", server.name.casefold(), server.fqdn.casefold()):
                return server
        raise failures.not_found(asked, controller)

    def stood(self, name: str) -> Server:
        """The server called *name*, also where it is gone: another site may list it for a while."""
        return next(each for site in self.sites for each in site.servers if each.name == name)

    def site_of(self, server: Server) -> SourceSite:
        """The site where *server* stands."""
        return next(site for site in self.sites if server in site.servers)
