"""A roll-out through the simulated Graph, with the refusals of its real limits, and killed on its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mailwave.core.intents import Outcome
from mailwave.core.services.campaign import DAY, LICENSING, Campaign, campaign
from mailwave.runbooks.services.roll_out import ROLL_OUT, Person, RolledOut, RollOut
from rehearsal.directory.objects import User
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.operator import REASON, Operator
from tests.mailwave.rehearsed.services import Services

DAYS = 3


class CutOff(Exception):
    """The process ended."""


@dataclass
class Nation:
    """The people of the rehearsed tenant, and whoever rolls out to them."""

    operator: Operator
    groups: Any

    @property
    def people(self) -> list[Person]:
        """Everybody who has a mailbox."""
        store = self.operator.services.directory.store
        boxes = [
            each for each in self.operator.services.estate.mailboxes if each.recipient_type == "UserMailbox"
        ]
        return [
            Person(each.exchange_guid, user.id, each.organisation)
            for each in boxes
            if isinstance(user := store.by_mailbox(each.exchange_guid), User)
        ]

    @property
    def plan(self) -> Campaign:
        """Under the published limits."""
        limits = {"graph_writes": 3_000, "graph_writes_tenant": 18_000, LICENSING: 2_500}
        return campaign(len(self.people), DAYS, limits, 60_000)

    def run(self, groups: Any = None) -> RolledOut:
        """`service roll-out`."""
        operator = self.operator
        with operator.ledger() as ledger:
            runbook = RollOut(
                "teams", operator.clock, ledger, groups or self.groups, REASON, operator.said.append
            )
            return runbook.run(self.plan, self.people, operator.clock.now())

    def outcomes(self) -> list[Outcome | None]:
        """How the acts ended."""
        with self.operator.ledger() as ledger:
            return [each.outcome for each in ledger.intents(ROLL_OUT)]


@pytest.fixture
def nation(tmp_path: Path) -> Nation:
    """Before anybody has joined."""
    services = Services(faults=[])
    operator = Operator(services, tmp_path)
    operator.discover()
    return Nation(operator, services.licences(Boundary()))


def test_everybody_is_licensed_a_tranche_a_day(nation: Nation) -> None:
    """It should let each tranche in on its day, wait for group licensing, and join nobody when it is run again."""
    began, people = nation.operator.clock.now(), nation.people

    done = nation.run()
    again = nation.run()

    licensed = nation.groups.licensed()
    assert {each.key for each in people} <= licensed
    assert (len(people), 0, 0) == (done.joined, done.refused, again.joined)
    last = nation.plan.tranches(Counter(each.organisation for each in people))[-1]
    assert last.day > 0
    assert began + last.day * DAY <= done.all_joined <= done.all_licensed < began + DAYS * DAY
    assert {Outcome.OK} == set(nation.outcomes())


def test_refusals_are_waited_out(nation: Nation) -> None:
    """It should obey each 429 of the real limit, which others have used up, and still let everybody in."""
    services = nation.operator.services
    throttle = services.graph.throttle
    nation.groups.sizes()  # so that the buckets are there
    nation.groups.join("office", [nation.people[0].key])
    throttle.spend("writes", "all", 18_000 * 1.5)
    before = services.clock.now

    done = nation.run()

    assert len(nation.people) - 1 == done.joined
    assert services.clock.now - before > timedelta(seconds=100)
    assert {each.key for each in nation.people} <= nation.groups.members("office")


@dataclass
class Cut:
    """The groups, until the process ends after so many joins."""

    inside: Any
    left: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inside, name)

    def join(self, group: str, people: Sequence[str]) -> None:
        self.inside.join(group, people)
        self.left -= 1
        if not self.left:
            raise CutOff


def test_a_roll_out_that_was_killed_goes_on(nation: Nation) -> None:
    """It should join nobody twice after a kill, and say of the act that was cut off how it ended."""
    with pytest.raises(CutOff):
        nation.run(Cut(nation.groups, 2))
    inside = len(nation.groups.members("office"))

    done = nation.run()

    assert 0 < inside < len(nation.people)
    assert len(nation.people) - inside == done.joined
    assert None not in nation.outcomes()
    assert Outcome.UNKNOWN not in nation.outcomes()[1:]


def test_who_is_refused_is_counted(nation: Nation) -> None:
    """It should end, and say how many got no licence for want of seats."""
    licensing = nation.operator.services.directory.licensing
    (sku,) = nation.groups.given().values()
    licensing._skus[sku] = msgspec.structs.replace(licensing._skus[sku], enabled=2)

    assert len(nation.people) - 2 == nation.run().refused
