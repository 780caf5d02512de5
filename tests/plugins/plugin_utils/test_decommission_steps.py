"""The steps that take a site down, against simulated sites: gates first, and nothing done twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from ansible_collections.mailwave.exchange.plugins.plugin_utils import uninstalling
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission import (
    CHECKS,
    Site,
    Step,
    StillUsed,
    deeds,
    looks,
    take,
)
from ansible_collections.mailwave.exchange.plugins.plugin_utils.decommission_gates import GateShut

from exchange_admin.cmdlets import Side, complete
from exchange_admin.errors import OutcomeUnknown, Refused
from exchange_admin.port import NOTHING, Result
from rehearsal.clock import VirtualClock
from rehearsal.environments import REHEARSAL
from rehearsal.estate import START, Estate
from rehearsal.site import Organisation
from rehearsal.site import Site as Simulated
from rehearsal.site.options import Options
from rehearsal.wire import CmdletCall
from tests.playbooks.leaving import SITES, own_address, site
from tests.plugins.simulated import USER, SimulatedAdmin

AT_ONCE = Options(replication_seconds=0, site_replication_minutes=0)
LEAVING = Site(("EX11", "EX12"), ("DAG-BRISTOL",))
INTERNET, CLOUD = "Internet", "Outbound to Office 365"
BEFORE: Mapping[Step, tuple[Step, ...]] = {step: tuple(Step)[:number] for number, step in enumerate(Step)}


@dataclass
class Gates:
    """Holds, but for the turn *shut*; *asked* is how often."""

    shut: int = 0
    asked: int = 0
    then: list[int] = field(default_factory=list)
    admin: SimulatedAdmin | None = None

    def __call__(self) -> None:
        """Ask."""
        self.asked += 1
        if self.admin:
            self.then.append(len(self.admin.writes))
        if self.asked == self.shut:
            raise GateShut(site="bristol", why="a printer sent mail")


@dataclass
class Scene:
    """Bristol leaves, leeds stays; nobody lives at either."""

    sites: dict[str, Simulated]
    organisation: Organisation

    def admin(self, site: str = "bristol", *, dry_run: bool = False) -> SimulatedAdmin:
        """A shell at *site*."""
        prepare = partial(complete, side=Side.ON_PREMISES)
        return SimulatedAdmin(self.sites[site].invoke, prepare=prepare, dry_run=dry_run)

    def run(self, cmdlet: str, **parameters: object) -> list[dict[str, Any]]:
        """Run a cmdlet by hand."""
        result = self.sites["bristol"].invoke(CmdletCall(USER, cmdlet, parameters))
        assert result.errors == []
        return result.rows

    def through(self, *steps: Step) -> None:
        """Take *steps*."""
        for step in steps:
            take(self.admin(), step, LEAVING, Gates(), check=False)


@pytest.mark.parametrize(("staying", "named"), [(None, "no Autodiscover"), ("https://x.example/", "")])
def test_clients_are_sent_to_one_address_that_stays(scene: Scene, staying: str | None, named: str) -> None:
    """It should name what the servers that stay name, and refuse where they name nothing."""
    scene.run("Set-ClientAccessService", Identity="EX01", AutoDiscoverServiceInternalUri=staying)
    if named:
        with pytest.raises(StillUsed, match=named):
            take(scene.admin(), Step.CLIENTS, LEAVING, Gates(), check=True)
        return
    scene.through(Step.CLIENTS)
    rows = scene.run("Get-ClientAccessService")
    assert {staying} == {row["AutoDiscoverServiceInternalUri"] for row in rows}


@pytest.fixture
def scene() -> Scene:
    """The two sites."""
    sources = tuple(map(site, SITES))
    estate = Estate(7, REHEARSAL, sources, (), ())
    clock = VirtualClock(START)
    organisation = Organisation(estate, clock, AT_ONCE)
    made = Scene({name: Simulated(estate.at(name), clock, organisation) for name in SITES}, organisation)
    for server in LEAVING.servers:
        made.run(
            "Set-ClientAccessService", Identity=server, AutoDiscoverServiceInternalUri=own_address(server)
        )
    return made


@pytest.mark.parametrize("step", Step)
def test_a_step_is_predicted_taken_and_then_done(scene: Scene, step: Step) -> None:
    """It should say in check mode what it does, do just that, and find nothing and ask no gate the second time."""
    scene.through(*BEFORE[step])
    predicted = take(scene.admin(dry_run=True), step, LEAVING, Gates(), check=True)
    admin, again = scene.admin(), Gates()
    done = take(admin, step, LEAVING, Gates(), check=False)
    assert [each.shown for each in predicted] == [each.shown for each in done]
    assert [each.cmdlet for each in done] == admin.writes
    assert [] == take(scene.admin(dry_run=True), step, LEAVING, again, check=False)
    assert 0 == again.asked
    assert all(look() == [] for look in looks(admin, step, LEAVING).values())


def test_the_site_that_stays_is_left_alone(scene: Scene) -> None:
    """It should take nothing of another site: its connectors, its service connection point, its databases."""
    kept = ("Get-ReceiveConnector", "Get-ClientAccessService", "Get-MailboxDatabase", "Get-ExchangeServer")

    def staying() -> list[object]:
        rows = [row for cmdlet in kept for row in scene.run(cmdlet)]
        return [
            (row["Identity"], row.get("Enabled")) for row in rows if "EX01" in (row["Server"], row["Name"])
        ]

    before = staying()
    assert before
    scene.through(*Step)
    assert before == staying()
    connectors = scene.run("Get-SendConnector")
    assert {INTERNET: ["EX01"], CLOUD: ["EX01"]} == {
        row["Name"]: row["SourceTransportServers"] for row in connectors
    }


@pytest.mark.parametrize("step", Step)
def test_a_gate_that_is_shut_stops_before_the_first_touch(scene: Scene, step: Step) -> None:
    """It should change nothing where a gate does not hold, in check mode and out of it."""
    scene.through(*BEFORE[step])
    for check in (True, False):
        admin = scene.admin()
        with pytest.raises(GateShut, match="a printer sent mail"):
            take(admin, step, LEAVING, Gates(shut=1), check=check)
        assert [] == admin.writes


@pytest.mark.parametrize("step", [Step.MAIL_FLOW, Step.CLIENTS, Step.DATABASES, Step.GROUP])
def test_gates_are_asked_again_before_each_server(scene: Scene, step: Step) -> None:
    """It should not trust an older answer: a gate that shuts between two servers leaves the second one untouched."""
    scene.through(*BEFORE[step])
    admin = scene.admin()
    gates = Gates(shut=2, admin=admin)
    with pytest.raises(GateShut):
        take(admin, step, LEAVING, gates, check=False)
    assert (2, gates.then[1]) == (gates.asked, len(admin.writes))
    assert 0 < len(admin.writes)
    left = deeds(admin, step, LEAVING)
    assert left
    take(scene.admin(), step, LEAVING, Gates(), check=False)
    assert [] == deeds(admin, step, LEAVING)


def test_the_last_source_of_a_connector_is_not_taken(scene: Scene) -> None:
    """It should refuse by the connector's name, before anything is touched, and Exchange refuses it too."""
    scene.run("Set-SendConnector", Identity=INTERNET, SourceTransportServers=["EX11", "EX12"])
    admin = scene.admin()
    with pytest.raises(StillUsed, match="the send connector Internet may not go: only servers of the site"):
        take(admin, Step.MAIL_FLOW, LEAVING, Gates(), check=False)
    assert [] == admin.writes
    with pytest.raises(Refused, match="at least one source"):
        admin.invoke("Set-SendConnector", {"Identity": INTERNET, "SourceTransportServers": []})
    scene.run("Set-SendConnector", Identity=INTERNET, SourceTransportServers=["EX01", "EX12"])
    assert take(admin, Step.MAIL_FLOW, LEAVING, Gates(), check=False)


@pytest.mark.parametrize("kind", ["", "Archive", "Arbitration", "AuditLog", "PublicFolder"])
def test_a_database_in_which_somebody_lives_is_not_removed(scene: Scene, kind: str) -> None:
    """It should look for every kind of mailbox in a database itself, whatever the gates said, and name who is there."""
    scene.through(*BEFORE[Step.DATABASES])
    admin = scene.admin()
    shown = _showing(admin, kind)
    with pytest.raises(StillUsed, match="the database EX11-A may not go: it holds Left Behind"):
        take(shown, Step.DATABASES, LEAVING, Gates(), check=True)
    with pytest.raises(StillUsed):
        take(shown, Step.DATABASES, LEAVING, Gates(), check=False)
    assert [] == admin.writes


def _showing(admin: SimulatedAdmin, kind: str) -> Any:
    """*admin*, where somebody of *kind* lives in EX11-A."""

    class Shown:
        def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
            result = admin.invoke(cmdlet, parameters)
            switches = {name for name, value in parameters.items() if value is True} - {"IgnoreDefaultScope"}
            asked = f"{parameters.get('Filter')} {parameters.get('Database')},"
            wanted = "Get-Recipient" if kind == "Archive" else "Get-Mailbox"
            if cmdlet == wanted and "EX11-A," in asked and switches == {kind} - {"", "Archive"}:
                return Result([*result.rows, {"Name": "Left Behind"}])
            return result

    return Shown()


def test_a_database_with_a_copy_elsewhere_is_a_person_s(scene: Scene) -> None:
    """It should not remove a database of which a server that stays has a copy."""
    rows = scene.organisation.databases.databases
    row = next(row for row in rows.rows() if row["Name"] == "EX12-B")
    rows.change(row, {"Servers": ["EX12", "EX01"]}, "dc01.bristol.nhsmail.example")
    scene.through(*BEFORE[Step.DATABASES])
    with pytest.raises(StillUsed, match="it has a copy on EX01, which stays"):
        take(scene.admin(), Step.DATABASES, LEAVING, Gates(), check=False)


def test_passive_copies_go_before_their_database(scene: Scene) -> None:
    """It should end circular logging and remove passive copies before the database, and go on where it was cut off."""
    scene.run("Set-MailboxDatabase", Identity="EX11-A", CircularLoggingEnabled=True)
    scene.through(*BEFORE[Step.DATABASES])
    first = [(each.cmdlet, each.identity) for each in deeds(scene.admin(), Step.DATABASES, LEAVING)][:4]
    assert [
        ("Set-MailboxDatabase", "database EX11-A"),
        ("Remove-MailboxDatabaseCopy", "copy EX11-A\\EX12"),
        ("Dismount-Database", "database EX11-A"),
        ("Remove-MailboxDatabase", "database EX11-A"),
    ] == first
    scene.run("Set-MailboxDatabase", Identity="EX11-A", CircularLoggingEnabled=False)
    scene.run("Remove-MailboxDatabaseCopy", Identity="EX11-A\\EX12", Confirm=False)
    left = [each.cmdlet for each in deeds(scene.admin(), Step.DATABASES, LEAVING)]
    assert ["Dismount-Database", "Remove-MailboxDatabase"] == left[:2]
    scene.through(Step.DATABASES)
    assert [] == deeds(scene.admin(), Step.DATABASES, LEAVING)


def test_a_group_left_empty_by_a_run_that_was_cut_off_is_removed(scene: Scene) -> None:
    """It should remember by the estate file which group was the site's, and remove no other that is empty."""
    scene.through(*BEFORE[Step.GROUP])
    for server in LEAVING.servers:
        scene.run(
            "Remove-DatabaseAvailabilityGroupServer",
            Identity="DAG-BRISTOL",
            MailboxServer=server,
            Confirm=False,
        )
    assert [] == deeds(scene.admin(), Step.GROUP, Site(LEAVING.servers, ("DAG-OTHER",)))
    (left,) = deeds(scene.admin(), Step.GROUP, LEAVING)
    assert "availability group DAG-BRISTOL" == left.identity


@pytest.mark.parametrize("took_effect", [True, False])
def test_a_lost_answer_is_decided_by_reading_back(scene: Scene, *, took_effect: bool) -> None:
    """It should go on where the write took effect, and say that nobody knows where it did not; never send it twice."""
    admin = scene.admin()
    lost: list[str] = []

    class Losing:
        def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
            if cmdlet == "Set-ClientAccessService" and not lost:
                lost.append(str(parameters["Identity"]))
                if took_effect:
                    admin.invoke(cmdlet, parameters)
                raise OutcomeUnknown(cmdlet=cmdlet, why="the shell is lost")
            return admin.invoke(cmdlet, parameters)

    if took_effect:
        assert 2 == len(take(Losing(), Step.CLIENTS, LEAVING, Gates(), check=False))
    else:
        with pytest.raises(OutcomeUnknown):
            take(Losing(), Step.CLIENTS, LEAVING, Gates(), check=False)
    assert 2 * took_effect == admin.writes.count("Set-ClientAccessService")


def test_every_check_of_a_step_names_its_repair(scene: Scene) -> None:
    """It should find, before a step, each of its checks, and after it none."""
    for step in Step:
        found = looks(scene.admin(), step, LEAVING)
        assert set(CHECKS[step]) == {name for name, look in found.items() if look()}
        scene.through(step)
        assert set() == {name for name, look in found.items() if look()}


def test_the_last_server_is_never_let_go(scene: Scene) -> None:
    """It should refuse a server beside which a site that stays lists nobody, and let it go beside another."""
    witness = scene.admin("leeds")
    own, staying = uninstalling.listed(witness, LEAVING)
    assert (["EX11", "EX12"], ["EX01"]) == (own, staying)
    uninstalling.require_not_last(staying, "EX12")
    everybody = uninstalling.listed(witness, Site(("EX01", "EX11", "EX12")))[1]
    with pytest.raises(uninstalling.LastServer, match="EX12 is not uninstalled"):
        uninstalling.require_not_last(everybody, "EX12")


def test_an_edge_server_does_not_stand_for_the_last(scene: Scene) -> None:
    """It should refuse the last server that keeps anything of the organisation, though an Edge server is listed."""
    admin = scene.admin("leeds")

    class AtTheEdge:
        def invoke(self, cmdlet: str, parameters: Mapping[str, object] = NOTHING) -> Result:
            rows = admin.invoke(cmdlet, parameters).rows
            return Result([{**row, "ServerRole": "Edge"} if row["Name"] == "EX01" else row for row in rows])

    own, staying = uninstalling.listed(AtTheEdge(), LEAVING)

    assert (["EX11", "EX12"], []) == (own, staying)


def test_the_server_that_answers_for_the_site_goes_last() -> None:
    """It should keep for the end the server at which the gates of the others are asked."""
    assert ["EX12", "EX11"] == uninstalling.in_order(["EX11", "EX12"], "ex11.bristol.nhsmail.example")
    assert ["EX11", "EX12"] == uninstalling.in_order(["EX12", "EX11"], "mail.bristol.nhsmail.example")


def test_the_directory_is_waited_for(scene: Scene) -> None:
    """It should look until a server is not listed any more, and say that nobody knows when it stays."""
    witness, times = scene.admin("leeds"), [0.0]

    def sleep(seconds: float) -> None:
        times[0] += seconds
        if times[0] >= 30:
            scene.organisation.removal.uninstall("EX12")

    wait = uninstalling.Wait(seconds=60, now=lambda: times[0], sleep=sleep)
    uninstalling.until_gone(witness, LEAVING, "ex12", wait)
    assert 30 == times[0]
    with pytest.raises(uninstalling.StillListed) as raised:
        uninstalling.until_gone(witness, LEAVING, "EX11", wait)
    assert "unknown" == raised.value.outcome


def test_what_is_left_is_read_when_a_server_is_gone(scene: Scene) -> None:
    """It should ask the gates of the second server though the first one is uninstalled, and find nothing left."""
    scene.through(*Step)
    scene.organisation.removal.uninstall("EX12")
    for step in Step:
        assert [] == deeds(scene.admin(), step, LEAVING)
