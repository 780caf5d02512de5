"""One on-premises site: cmdlets in, rows out, without a socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rehearsal.clock import VirtualClock
from rehearsal.estate import Estate
from rehearsal.site import connectors, recipients, servers
from rehearsal.site.binding import Bound, bind
from rehearsal.site.connectors import Connectors
from rehearsal.site.directory import Directory
from rehearsal.site.failures import CmdletFailure
from rehearsal.site.recipients import Recipients
from rehearsal.site.servers import Servers
from rehearsal.wire import CmdletCall, CmdletResult

MODELLED: Mapping[str, frozenset[str]] = {
    **recipients.MODELLED,
    **servers.MODELLED,
    **connectors.MODELLED,
}


class Site:
    """The Exchange organisation of *estate*'s site, a deterministic function of the order of its calls."""

    def __init__(self, estate: Estate, clock: VirtualClock) -> None:
        self.directory = Directory(estate, clock)
        self._cmdlets: Mapping[str, Callable[[Bound], CmdletResult]] = {
            **Recipients(estate, clock, self.directory).cmdlets,
            **Servers(estate, self.directory).cmdlets,
            **Connectors(estate, clock, self.directory).cmdlets,
        }

    def invoke(self, call: CmdletCall) -> CmdletResult:
        """Run one cmdlet; what it refuses comes back as an error record, never as an exception."""
        try:
            bound = bind(call.cmdlet, call.parameters, MODELLED)
            return self._cmdlets[bound.cmdlet](bound)
        except CmdletFailure as failure:
            return CmdletResult(errors=[failure.error])
