"""The stages of services on the rehearsed estate: looked at, made once, read back, or by its owner's word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from estate_schema.services import load_services
from mailwave import rules
from mailwave.adapters.aftercare_cloud import AftercareTenant
from mailwave.adapters.aftercare_site import AftercareSites
from mailwave.adapters.artifacts import ArtifactFolder
from mailwave.adapters.service_tenant import ServiceSides
from mailwave.core.intents import Outcome
from mailwave.core.outcomes import ActUnknown
from mailwave.core.services.judge import Stage
from mailwave.core.services.table import PEOPLE, STEP
from mailwave.runbooks.approve_waves import NoSuchWave
from mailwave.runbooks.services.attest import AttestService, NotAService, NotByWord, NotServed
from mailwave.runbooks.services.look import LookAtServices
from mailwave.runbooks.services.run import Given, RunServices
from rehearsal.directory.objects import Group, User
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.mending import as_mender
from tests.mailwave.rehearsed.operator import REASON, ROOT, Operator
from tests.mailwave.rehearsed.services import Services

SERVICES = rules.services(load_services(ROOT / "environments" / "services.yaml"))
NAMES = [each.name for each in SERVICES]


class CutOff(Exception):
    """The process ended."""


@dataclass
class Desk:
    """Runs `mailwave service` for the *operator*."""

    operator: Operator
    services: tuple[Any, ...] = SERVICES

    @contextmanager
    def joined(self) -> Iterator[RunServices]:
        """The runbook, over real clients."""
        world, operator = self.operator.services, self.operator
        with ExitStack() as stack:
            ledger = stack.enter_context(operator.ledger())
            admin = stack.enter_context(as_mender(world, operator.boundary))
            sites = {name: stack.enter_context(world.premises(name, dry_run=False)) for name in world.sites}
            sides = ServiceSides(admin, AftercareTenant(admin), AftercareSites(sites))
            groups = world.licences(operator.boundary)
            kept = ArtifactFolder(operator.folder / "artifacts")
            looker = LookAtServices(operator.clock, ledger, self.services, sides, groups, kept, REASON)
            yield RunServices(operator.clock, ledger, looker, sides, groups, REASON, operator.said.append)

    def run(self) -> Given:
        """`service run`."""
        with self.joined() as runbook:
            return runbook.run()

    def later(self, **span: float) -> None:
        """Time passes."""
        clock = self.operator.services.clock
        clock.advance_to(clock.now + timedelta(**span))

    def counts(self) -> dict[str, dict[str, int]]:
        """`service status`."""
        with self.joined() as runbook:
            return runbook.looker.look().counts

    def steps(self) -> list[Any]:
        """The steps in the journal."""
        with self.operator.ledger() as ledger:
            return list(ledger.intents(STEP))

    def attest(self, name: str, *organisations: str) -> None:
        """`service attest`."""
        with self.operator.ledger() as ledger:
            runbook = AttestService(self.operator.clock, ledger, self.services, REASON)
            runbook.run(runbook.prepare(name, organisations))


GROUPED = tuple(each for each in SERVICES if each.name == "teams")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Of an operator whose waves have moved; each test has people of its own."""
    operator = Operator(Services(faults=[]), tmp_path_factory.mktemp("desk"))
    operator.everything()
    return Desk(operator)


def test_every_service_is_given_once(desk: Desk) -> None:
    """It should give what can be given, see it once it has come, and change nothing when it is run again."""
    earlier = len(desk.steps())
    first = desk.run()
    sent, steps = len(desk.operator.services.sent), len(desk.steps())
    desk.later(hours=1)  # what the sites were asked for has come to the tenant
    again = desk.run()

    there = {name: its["there"] for name, its in again.left.counts.items()}
    assert NAMES == list(there)
    assert 0 < there["teams"] == there["onedrive"] == there["bookings"] <= there["archive"]
    assert there["archive"] == there["archive-policy"] == _archives(desk)
    assert {"archive"} >= {
        str(each.detail["service"]) for each in desk.steps()[earlier:]
    }  # the move gave the rest
    assert there["archive"] >= first.steps == steps - earlier
    assert (0, sent, steps) == (again.steps, len(desk.operator.services.sent), len(desk.steps()))
    assert 0 == sum(its[stage] for its in again.left.counts.values() for stage in ("asked", "refused"))


def _archives(desk: Desk) -> int:
    """How many moved mailboxes of people and teams have an active archive, as the tenant itself shows it."""
    kinds = ("UserMailbox", "LinkedMailbox", "SharedMailbox")
    rows = desk.operator.services.cloud(Boundary()).invoke("Get-Mailbox", {"ResultSize": "Unlimited"}).rows
    return sum(row["ArchiveStatus"] == "Active" for row in rows if row["RecipientTypeDetails"] in kinds)


def test_a_wave_that_is_not_planned_is_refused(desk: Desk) -> None:
    """It should not look at nobody and call it well."""
    with desk.joined() as runbook, pytest.raises(NoSuchWave):
        runbook.run("W1")


def test_an_owner_speaks_for_an_organisation_and_not_for_what_is_read(desk: Desk) -> None:
    """It should count an owner's word for its organisation until it is too old, after what the service needs."""
    with desk.operator.ledger() as ledger:
        codes = sorted({each.mailbox.organisation for each in ledger.mailboxes() if each.state == "moved"})
    before = desk.counts()["virtual-visits"]

    desk.attest("virtual-visits", codes[0])
    spoken = desk.counts()["virtual-visits"]
    desk.later(days=91)
    over = desk.counts()["virtual-visits"]

    assert 0 == before["there"] < spoken["there"]
    assert before["due"] == spoken["due"] + spoken["there"]
    assert before == over
    for wrong, error in (
        (("teams", codes[0]), NotByWord),
        (("gremlins", codes[0]), NotAService),
        (("sharepoint", "NOBODY"), NotServed),
    ):
        with pytest.raises(error):
            desk.attest(*wrong)


def test_a_policy_that_somebody_changed_is_set_again_and_once(desk: Desk) -> None:
    """It should mend what is due by its cmdlet, and leave to a person what does not stay for a day."""
    desk = replace(desk, services=tuple(each for each in SERVICES if each.name == "bookings"))
    with desk.operator.ledger() as ledger:
        one = next(
            each.mailbox
            for each in ledger.mailboxes()
            if each.state == "moved" and each.mailbox.recipient_type == "UserMailbox"
        )
    world = desk.operator.services
    off = {"Identity": one.guid, "OwaMailboxPolicy": None}
    world.administer("Set-CASMailbox", off)
    mended = desk.run()
    world.administer("Set-CASMailbox", off)
    waits = desk.run()
    desk.later(days=2)
    left = desk.run()

    assert (1, 0, 0) == (mended.steps, waits.steps, left.steps)
    stages = [
        next(each.stage for each in given.left.places if (each.service, each.guid) == ("bookings", one.guid))
        for given in (mended, waits, left)
    ]
    assert [Stage.THERE, Stage.ASKED, Stage.REFUSED] == stages


def test_who_left_the_group_joins_again_and_a_cut_off_step_is_settled(desk: Desk) -> None:
    """It should put people back into the group, and after a kill say of the step how it ended and not repeat it."""
    desk, world = replace(desk, services=GROUPED), desk.operator.services
    people = sorted(world.directory.store.links.members(world.licence_group.id))[:3]
    for key in people:
        take_out(world, key)
    desk.later(hours=1)
    before = desk.counts()["teams"]

    with desk.joined() as runbook:
        cut = replace(runbook, entitlements=Cut(runbook.entitlements))
        with pytest.raises(CutOff):
            cut.run()
    given = desk.run()
    desk.later(hours=1)

    intent = [each for each in desk.steps() if each.detail["service"] == "teams"][-1]
    assert 3 == before["due"]
    assert (3, Outcome.UNKNOWN) == (
        len(intent.detail[PEOPLE]),
        intent.outcome,
    ) or Outcome.OK is intent.outcome
    assert 3 == given.left.counts["teams"]["asked"]
    assert before["there"] + 3 == desk.counts()["teams"]["there"]


def take_out(world: Services, key: str) -> None:
    """Somebody takes a person out of the licence group."""
    store = world.directory.store
    world.directory.leave(store.get(Group, world.licence_group.id), store.get(User, key))


@dataclass(frozen=True)
class Cut:
    """The groups, until the process ends right after people joined one."""

    inside: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inside, name)

    def join(self, group: str, people: Any) -> None:
        self.inside.join(group, people)
        raise CutOff


def test_an_answer_that_is_lost_is_read_back(desk: Desk) -> None:
    """It should settle a step whose answer was lost by what the tenant shows, in the same run."""
    desk, world = replace(desk, services=GROUPED), desk.operator.services
    take_out(world, min(world.directory.store.links.members(world.licence_group.id)))
    desk.later(hours=1)

    with desk.joined() as runbook:
        lost = replace(runbook, entitlements=Lost(runbook.entitlements))
        lost.run()

    intent = [each for each in desk.steps() if each.detail["service"] == "teams"][-1]
    assert not intent.is_doubtful
    assert 0 == desk.run().steps


@dataclass(frozen=True)
class Lost(Cut):
    """The groups, whose answer to a join is lost."""

    def join(self, group: str, people: Any) -> None:
        self.inside.join(group, people)
        raise ActUnknown(act="join", subject=group, why="the connection was cut")


def test_nobody_is_cut_by_what_is_not_theirs(desk: Desk) -> None:
    """It should give a service to the organisations that it is for and to nobody else."""
    with desk.operator.ledger() as ledger:
        code = min(each.mailbox.organisation for each in ledger.mailboxes() if each.state == "moved")
    only = replace(desk, services=tuple(replace(each, organisations=frozenset({code})) for each in SERVICES))

    given = only.run()

    assert {code} == {each.organisation for each in given.left.places}
