"""What a server says of its own state: services that should run, and messages that wait."""

from __future__ import annotations

from collections.abc import Mapping

from rehearsal import draws
from rehearsal.site import failures
from rehearsal.site.binding import Bound
from rehearsal.site.machine import Machines
from rehearsal.site.offer import Offer, offered
from rehearsal.site.servers import Components
from rehearsal.site.surroundings import Row, Surroundings
from rehearsal.wire import CmdletResult

_ROLES: Mapping[str, tuple[str, ...]] = {
    "Mailbox Server Role": (
        *("MSExchangeADTopology", "MSExchangeIS", "MSExchangeMailboxReplication", "MSExchangeRepl"),
        *("MSExchangeRPC", "MSExchangeServiceHost", "W3SVC"),
    ),
    "Client Access Server Role": ("MSExchangeADTopology", "MSExchangeMailboxReplication", "W3SVC", "WinRM"),
    "Hub Transport Server Role": (
        "MSExchangeADTopology",
        "MSExchangeFrontEndTransport",
        "MSExchangeTransport",
    ),
}


class Health:
    """The state of every server."""

    def __init__(self, around: Surroundings, machines: Machines, components: Components) -> None:
        self._around = around
        self._machines = machines
        self._components = components
        self._redirected: set[str] = set()
        self.cmdlets: Offer = {
            "Test-ServiceHealth": offered("Server", self._services),
            "Get-Queue": offered("ResultSize Server", self._queues),
            "Redirect-Message": offered("Server Target", self._redirect),
        }

    def _server(self, bound: Bound) -> str:
        return self._around.server(bound.get("Server") or bound.server, self._around.controller(bound)).name

    def _services(self, bound: Bound) -> CmdletResult:
        machine = self._machines[self._server(bound)]
        rows: list[Row] = []
        for role, names in _ROLES.items():
            running = [name for name in names if machine.services[name].state == "running"]
            stopped = [name for name in names if name not in running]
            rows.append(
                {
                    "Role": role,
                    "RequiredServicesRunning": not stopped,
                    "ServicesRunning": running,
                    "ServicesNotRunning": stopped,
                }
            )
        return CmdletResult(rows=rows)

    def _queues(self, bound: Bound) -> CmdletResult:
        """Two queues: what waits is little, and nothing once a server that takes no more has been emptied."""
        name = self._server(bound)
        if self._components.state(name, "HubTransport") == "Active":
            self._redirected.discard(name)
        waiting = int(6 * draws.uniform(self._around.seed, name, "queue"))
        kinds = (("Submission", "Undefined"), ("Shadow\\1", "ShadowRedundancy"))
        return CmdletResult(
            rows=[
                {
                    "Identity": f"{name}\\{queue}",
                    "DeliveryType": kind,
                    "Status": "Ready",
                    "MessageCount": 0 if name in self._redirected else waiting,
                    "NextHopDomain": queue.partition("\\")[0],
                    "IsValid": True,
                }
                for queue, kind in kinds
            ]
        )

    def _redirect(self, bound: Bound) -> CmdletResult:
        """Send a draining server's messages to another; a server that still takes mail cannot be emptied."""
        name, controller = self._server(bound), self._around.controller(bound)
        (asked, *_) = bound.get("Target")
        target = self._around.server(asked, controller)
        if "." not in asked:
            raise failures.invalid_operation(f"The target '{asked}' must be a full server name.")
        if target.name == name:
            raise failures.invalid_operation(
                "The source and the target of redirected messages are the same server."
            )
        quiet = bound.get("Confirm") is False or bound.get("WhatIf")
        if self._around.options.writes_ask and not quiet:
            raise failures.no_confirmation(f'Redirecting messages from "{name}" to "{target.fqdn}".')
        if bound.changes and self._components.state(name, "HubTransport") != "Active":
            self._redirected.add(name)
        return CmdletResult()
