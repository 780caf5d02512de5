# GNU General Public License v3.0 or later (see LICENSE in this collection)
"""A server into maintenance and back, in the order of Microsoft's "Performing maintenance on DAG members".

Into it: transport drains and hands its messages on, databases move to other members, then the whole server goes
offline. Back: the same in reverse. Each step is skipped where it is done already, so a second run after a cut goes on.
The cluster node is paused and resumed by the role around this, since that takes Windows' own cmdlets on the server.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ansible_collections.mailwave.exchange.plugins.plugin_utils.checks_maintenance import COMPONENTS
from ansible_collections.mailwave.exchange.plugins.plugin_utils.errors import PlayError, some

from exchange_admin.port import ExchangeAdmin, Row, get_one

REQUESTER = "Maintenance"
"""Who asks for a component's state; a component stays inactive as long as one requester says so."""


class MayNotEnter(PlayError):
    """*server* must not go into maintenance now: *why*."""

    def __init__(self, *, server: str, why: str) -> None:
        self.server = server
        self.why = why
        super().__init__(f"{server} may not go into maintenance: {why}")


class NotEmptied(PlayError):
    """*server* still holds *left* after *seconds*: it is not in maintenance yet, and has begun to go into it."""

    def __init__(self, *, server: str, left: Sequence[str], seconds: float) -> None:
        self.server = server
        self.left = list(left)
        self.seconds = seconds
        super().__init__(f"{server} still holds {some(left)} after {seconds:.0f} s")


class StillOut(PlayError):
    """*server* was taken out of maintenance, and *components* are not active: somebody else keeps them so."""

    def __init__(self, *, server: str, components: Sequence[str]) -> None:
        self.server = server
        self.components = list(components)
        super().__init__(
            f"{server} was taken out of maintenance, but {', '.join(components)} is not active: another requester "
            "than Maintenance keeps it so"
        )


@dataclass(frozen=True)
class Wait:
    """How long emptying a server may take, in *seconds*, with a look every *pause*; *now* and *sleep* are time's."""

    seconds: float = 900.0
    pause: float = 5.0
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class State:
    """A server's place in maintenance: its *components*, whether it gives databases up, and its activation *policy*."""

    server: str
    components: dict[str, str]
    moves_away: bool
    policy: str
    group: str

    @property
    def offline(self) -> bool:
        """It is in maintenance."""
        return self.components["ServerWideOffline"] == "Inactive"

    @property
    def in_service(self) -> bool:
        """No step into maintenance was taken."""
        return set(self.components.values()) == {"Active"} and not self.moves_away


def look(admin: ExchangeAdmin, server: str) -> State:
    """Where *server* stands."""
    row = get_one(admin, "Get-MailboxServer", server)
    return State(
        server=server,
        components=_components(admin, server),
        moves_away=bool(row["DatabaseCopyActivationDisabledAndMoveNow"]),
        policy=str(row["DatabaseCopyAutoActivationPolicy"]),
        group=str(row.get("DatabaseAvailabilityGroup") or ""),
    )


def enter(
    admin: ExchangeAdmin, server: str, *, alone: bool = False, check: bool = False, wait: Wait | None = None
) -> tuple[State, list[str]]:
    """Put *server* into maintenance; return where it stood and the steps that were, or in *check* would be, taken.

    *alone*: a server outside any availability group may go, and its mailboxes with it.

    Raises:
        MayNotEnter: another member is out, a database has no healthy copy elsewhere, or it stands alone.
        NotEmptied: its databases or its messages did not leave in time.
    """
    before = look(admin, server)
    if before.offline and before.moves_away in (True, not before.group):
        return before, []
    others = _others(admin, before)
    _refuse_outage(admin, before, others, alone=alone)
    if check:
        return before, ["HubTransport", "ServerWideOffline"]
    steps = _drain(admin, before, others)
    if before.group:
        _set_server(admin, server, moves_away=True, policy="Blocked")
        steps.append("databases")
    _until_empty(admin, server, wait or Wait(), databases=bool(before.group))
    _set_component(admin, server, "ServerWideOffline", "Inactive")
    return before, [*steps, "ServerWideOffline"]


def leave(admin: ExchangeAdmin, server: str, *, policy: str, check: bool = False) -> tuple[State, list[str]]:
    """Take *server* out of maintenance and give it the activation *policy* that it had; as `enter` returns.

    Raises:
        StillOut: a component is not active afterwards.
    """
    before = look(admin, server)
    steps = [name for name in COMPONENTS if before.components[name] != "Active"]
    if before.group and (before.moves_away or before.policy != policy):
        steps.append("databases")
    if check or not steps:
        return before, steps
    for name in COMPONENTS:
        if name in steps:
            _set_component(admin, server, name, "Active")
    if "databases" in steps:
        _set_server(admin, server, moves_away=False, policy=policy)
    after = _components(admin, server)
    out = [name for name in COMPONENTS if after[name] != "Active"]
    if out:
        raise StillOut(server=server, components=out)
    return before, steps


def _components(admin: ExchangeAdmin, server: str) -> dict[str, str]:
    rows = admin.invoke("Get-ServerComponentState", {"Identity": server}).rows
    found = {str(row["Component"]): str(row["State"]) for row in rows}
    return {name: found[name] for name in COMPONENTS}


def _others(admin: ExchangeAdmin, state: State) -> list[Row]:
    """The other members of the server's availability group, as Get-ExchangeServer shows them."""
    if not state.group:
        return []
    group = get_one(admin, "Get-DatabaseAvailabilityGroup", state.group)
    names = {str(each).casefold() for each in group["Servers"]} - {state.server.casefold()}
    rows = admin.invoke("Get-ExchangeServer").rows
    return [row for row in rows if str(row["Name"]).casefold() in names]


def _refuse_outage(admin: ExchangeAdmin, state: State, others: Sequence[Row], *, alone: bool) -> None:
    if not others:
        if not alone:
            why = "it stands in no availability group, so its mailboxes would be away; maintenance_alone allows it"
            raise MayNotEnter(server=state.server, why=why)
        return
    for other in others:
        name = str(other["Name"])
        if not look(admin, name).in_service:
            raise MayNotEnter(
                server=state.server, why=f"{name} of {state.group} is in maintenance or on its way"
            )
    if not state.moves_away:
        _refuse_last_copy(admin, state)


def _refuse_last_copy(admin: ExchangeAdmin, state: State) -> None:
    rows = admin.invoke("Get-MailboxDatabaseCopyStatus", {"Server": state.server}).rows
    for row in rows:
        if str(row["Status"]) == "Mounted":
            database = str(row["DatabaseName"])
            copies = admin.invoke("Get-MailboxDatabaseCopyStatus", {"Identity": database}).rows
            if not any(str(copy["Status"]) == "Healthy" for copy in copies):
                raise MayNotEnter(
                    server=state.server, why=f"{database} has no healthy copy on another server"
                )


def _drain(admin: ExchangeAdmin, state: State, others: Sequence[Row]) -> list[str]:
    steps = []
    if state.components["HubTransport"] == "Active":
        _set_component(admin, state.server, "HubTransport", "Draining")
        steps.append("HubTransport")
    if others:
        target = str(others[0]["Fqdn"])
        admin.invoke("Redirect-Message", {"Server": state.server, "Target": target, "Confirm": False})
    return steps


def _until_empty(admin: ExchangeAdmin, server: str, wait: Wait, *, databases: bool) -> None:
    deadline = wait.now() + wait.seconds
    while left := _left(admin, server, databases=databases):
        if wait.now() >= deadline:
            raise NotEmptied(server=server, left=left, seconds=wait.seconds)
        wait.sleep(wait.pause)


def _left(admin: ExchangeAdmin, server: str, *, databases: bool) -> list[str]:
    """What still has to leave: mounted databases; queues but shadow ones, which belong to other servers' messages."""
    found: list[str] = []
    if databases:
        copies = admin.invoke("Get-MailboxDatabaseCopyStatus", {"Server": server}).rows
        found += [f"database {row['DatabaseName']}" for row in copies if str(row["Status"]) == "Mounted"]
        queues = admin.invoke("Get-Queue", {"Server": server}).rows
        found += [
            f"queue {row['Identity']}"
            for row in queues
            if int(row["MessageCount"]) and str(row["DeliveryType"]) not in _STAYING
        ]
    return found


_STAYING = {"ShadowRedundancy", "Poison"}


def _set_component(admin: ExchangeAdmin, server: str, component: str, state: str) -> None:
    parameters = {"Identity": server, "Component": component, "State": state, "Requester": REQUESTER}
    admin.invoke("Set-ServerComponentState", parameters)


def _set_server(admin: ExchangeAdmin, server: str, *, moves_away: bool, policy: str) -> None:
    parameters = {
        "Identity": server,
        "DatabaseCopyActivationDisabledAndMoveNow": moves_away,
        "DatabaseCopyAutoActivationPolicy": policy,
    }
    admin.invoke("Set-MailboxServer", parameters)
