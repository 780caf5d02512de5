"""A server into maintenance and back, on simulated servers in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils import maintenance
from ansible_collections.mailwave.exchange.plugins.plugin_utils.maintenance import (
    MayNotEnter,
    NotEmptied,
    StillOut,
    Wait,
    enter,
    leave,
    look,
)

from exchange_admin.cmdlets import Side, complete
from rehearsal.wire import CmdletCall, CmdletResult
from tests.playbooks.servers import MIXED, Premises, a_site
from tests.plugins.simulated import SimulatedAdmin


def an_admin(premises: Premises, answering: str = "") -> SimulatedAdmin:
    return SimulatedAdmin(
        premises.site.invoke, answering, prepare=lambda *call: complete(*call, Side.ON_PREMISES)
    )


@pytest.fixture
def premises() -> Premises:
    return Premises(a_site(MIXED))


@pytest.mark.parametrize("answering", sorted(MIXED))
def test_in_and_out(premises: Premises, answering: str) -> None:
    """It should drain, move databases away, go offline, and come back, whichever version of Exchange answers."""
    premises.run("Set-MailboxServer", Identity="EX01", DatabaseCopyAutoActivationPolicy="IntrasiteOnly")
    premises.clock.advance_to(premises.clock.now + timedelta(hours=1))  # every domain controller has seen it
    admin = an_admin(premises, answering)

    before, steps = enter(admin, "EX01")

    assert steps == ["HubTransport", "databases", "ServerWideOffline"]
    assert look(admin, "EX01").offline
    assert {premises.organisation.databases.server_of(name) for name in ("DB1A", "DB1B")} == {"EX02"}
    assert admin.writes == [
        "Set-ServerComponentState",
        "Redirect-Message",
        "Set-MailboxServer",
        "Set-ServerComponentState",
    ]

    leave(admin, "EX01", policy=before.policy)

    assert look(admin, "EX01").in_service
    assert look(admin, "EX01").policy == "IntrasiteOnly"


def test_second_time(premises: Premises) -> None:
    """It should do nothing for a server that is where it should be."""
    admin = an_admin(premises)
    enter(admin, "EX01")
    sent = len(admin.writes)

    assert enter(admin, "EX01")[1] == []
    leave(admin, "EX01", policy="Unrestricted")
    assert leave(admin, "EX01", policy="Unrestricted")[1] == []
    assert len(admin.writes) == sent + 3


def test_goes_on_after_a_cut(premises: Premises) -> None:
    """It should take the steps that a cut run had not taken, at whichever step it was cut."""
    whole = an_admin(premises)
    enter(whole, "EX01")
    steps = len(whole.writes)
    for cut in range(steps):
        again = Premises(a_site(MIXED))
        with pytest.raises(InterruptedError):
            enter(Cut(again, cut), "EX01")
        enter(an_admin(again), "EX01")
        assert look(an_admin(again), "EX01").offline
        leave(an_admin(again), "EX01", policy="Unrestricted")
        assert look(an_admin(again), "EX01").in_service


class Cut(SimulatedAdmin):
    """Ends for good at a write, the first of which is number 0."""

    def __init__(self, premises: Premises, at: int) -> None:
        super().__init__(self._or_end, prepare=lambda *call: complete(*call, Side.ON_PREMISES))
        self._premises = premises
        self._left = at

    def _or_end(self, call: CmdletCall) -> CmdletResult:
        if not call.cmdlet.startswith(("Get-", "Test-")):
            if not self._left:
                raise InterruptedError
            self._left -= 1
        return self._premises.site.invoke(call)


def test_one_member_at_a_time(premises: Premises) -> None:
    """It should refuse a server whose group has another member out, and change nothing."""
    admin = an_admin(premises)
    enter(admin, "EX01")
    sent = len(admin.writes)

    with pytest.raises(MayNotEnter, match="EX01 of DAG-LEEDS"):
        enter(admin, "EX02")
    assert len(admin.writes) == sent


def test_a_server_by_itself(premises: Premises) -> None:
    """It should refuse a server outside any group, unless that is allowed."""
    admin = an_admin(premises)
    with pytest.raises(MayNotEnter, match="no availability group"):
        enter(admin, "EX03")
    assert admin.writes == []

    assert enter(admin, "EX03", alone=True)[1] == ["HubTransport", "ServerWideOffline"]


def test_last_copy(premises: Premises) -> None:
    """It should refuse a server with a mounted database that no other server holds in health."""
    databases = premises.organisation.databases.databases
    (row,) = (each for each in databases.rows() if each["Name"] == "DB1A")
    databases.change(row, {"Servers": ["EX01"]}, premises.organisation.around.controllers.of("EX01"))

    with pytest.raises(MayNotEnter, match="DB1A has no healthy copy"):
        enter(an_admin(premises), "EX01")


def test_never_empty(premises: Premises) -> None:
    """It should say what did not leave in time, and leave the server short of offline."""
    premises.run("Set-MailboxServer", Identity="EX02", DatabaseCopyAutoActivationPolicy="Blocked")
    ticks = iter(range(100))
    wait = Wait(seconds=3, now=lambda: next(ticks), sleep=lambda _: None)
    admin = an_admin(premises)

    with pytest.raises(NotEmptied, match="database DB1A"):
        enter(admin, "EX01", wait=wait)
    assert not look(admin, "EX01").offline


def test_somebody_else_keeps_it_out(premises: Premises) -> None:
    """It should name a component that another requester keeps inactive."""
    admin = an_admin(premises)
    enter(admin, "EX01")
    premises.run(
        "Set-ServerComponentState",
        Identity="EX01",
        Component="HubTransport",
        Requester="Functional",
        State="Inactive",
    )

    with pytest.raises(StillOut, match="HubTransport"):
        leave(admin, "EX01", policy="Unrestricted")


def test_prediction(premises: Premises) -> None:
    """It should predict the steps and send nothing."""
    admin = an_admin(premises)

    assert enter(admin, "EX01", check=True)[1] == ["HubTransport", "ServerWideOffline"]
    assert leave(admin, "EX01", policy="Blocked", check=True)[1] == ["databases"]
    assert admin.writes == []


def test_requester() -> None:
    """It should ask in the name by which Microsoft's own scripts ask, so that either may undo the other."""
    assert maintenance.REQUESTER == "Maintenance"
