"""Planning from the ledger: who knows his night keeps it, who is new gets one, and the same again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import msgspec
import pytest

from mailwave.adapters.ledger import Ledger
from mailwave.core.calendar import Window
from mailwave.core.notices import Milestone, NoticeRules
from mailwave.core.placement.contradiction import LISTED, NoNightLeft
from mailwave.core.placement.granted import Grant, Granted, Place
from mailwave.core.placement.season import Kind, Rule, Scope, Season
from mailwave.core.planner import Plan
from mailwave.core.refusals import PlanFrozen
from mailwave.core.states import MailboxState, Transition
from mailwave.runbooks.plan_waves import PlanWaves
from tests.mailwave.adapters.ledgers import TestClock, an_empty_ledger, closed_ledgers
from tests.mailwave.builders import NOW, REASON, a_mailbox, an_organisation, guid

__all__ = ["closed_ledgers"]

DAY = timedelta(days=1)
COUNT = 12
GRANTED = Granted("test", {"mailboxes_a_night": Grant(4)}, {"leeds": Place("leeds", 1)}, 3, 14)


class Scene:
    """A ledger of twelve mailboxes of two organisations, planned again and again."""

    def __init__(self, folder: Path) -> None:
        self.clock = Sleepless()
        self.ledger = an_empty_ledger(folder, self.clock)
        boxes = [a_mailbox(n, organisation=("RR8", "A81001")[n % 2]) for n in range(COUNT)]
        self.ledger.import_estate([an_organisation("RR8"), an_organisation("A81001")], boxes, [], REASON)
        self.rules: tuple[Rule, ...] = ()

    def planner(self) -> PlanWaves:
        """The runbook, with the rules of now."""
        notices = NoticeRules(14, time(9), "Europe/London")
        return PlanWaves("test", self.clock, self.ledger, self._season, GRANTED, notices, REASON)

    def plan(self) -> Plan:
        """`wave plan`."""
        runbook = self.planner()
        found = runbook.prepare()
        runbook.run(found)
        self.ledger.verify_journal()
        return found

    def move(self, to: MailboxState, *numbers: int) -> None:
        """Take these mailboxes to the state *to*."""
        self.ledger.move_state([Transition(guid(n), to, "test") for n in numbers], REASON)

    def tell(self, *numbers: int) -> None:
        """Give these mailboxes their two weeks' notice."""
        for n in numbers:
            self.ledger.reserve_notice(guid(n), Milestone.TWO_WEEKS, f"ref{n}", REASON)

    def _season(self, first: datetime) -> Season:
        days = (first.date() + n * DAY for n in range(30))
        starts = (datetime(day.year, day.month, day.day, 19, tzinfo=UTC) for day in days)
        nights = tuple(Window(start.date(), start, start + DAY / 2) for start in starts if start >= first)
        return Season("Europe/London", nights, NOW.date(), NOW.date(), self.rules)


class Sleepless(TestClock):
    """A clock that nobody sleeps by."""

    __test__ = False

    def sleep_until(self, when: datetime) -> None:
        """Never called here."""
        raise NotImplementedError


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """The scene."""
    return Scene(tmp_path)


def nights(plan: Plan) -> dict[str, date]:
    """The night of each mailbox."""
    return {guid_: wave.night for wave in plan.waves for guid_ in wave.mailboxes}


def postponed(plan: Plan, organisation: str) -> Rule:
    """The nights of *plan* are none for *organisation*."""
    days = [wave.night for wave in plan.waves]
    return Rule(Kind.POSTPONED, Scope.ORGANISATION, organisation, min(days), max(days), "asked for")


def test_the_same_again_changes_nothing(scene: Scene) -> None:
    """It should write nothing when a plan is made again, and none either a day later."""
    first = scene.plan()
    entries = len(scene.ledger.journal())

    assert first.digest == scene.plan().digest
    assert entries == len(scene.ledger.journal())
    assert COUNT == len(nights(first))
    assert min(nights(first).values()) >= (NOW + 14 * DAY).date()


def test_who_is_ready_later_gets_a_night_and_nobody_else_another(scene: Scene) -> None:
    """It should add mailboxes that became ready, leave approved waves as they are, and keep all nights."""
    scene.move(MailboxState.DEFERRED, 0, 1)
    first = scene.plan()
    wave = first.waves[-1]
    assert len(wave.mailboxes) < 4
    scene.ledger.record_approval(wave.digest, wave.id, wave.window_end, REASON)
    scene.move(MailboxState.WAITING, 0, 1)

    again = scene.plan()

    assert nights(first) == {key: day for key, day in nights(again).items() if key in nights(first)}
    assert {guid(0), guid(1)} == set(nights(again)) - set(nights(first))
    assert wave in again.waves
    assert wave.night not in {nights(again)[guid(0)], nights(again)[guid(1)]}


def test_who_is_deferred_is_dropped(scene: Scene) -> None:
    """It should take who does not wait any more out of waves that nobody relies on, and move nobody else."""
    first = scene.plan()
    scene.move(MailboxState.DEFERRED, 3)

    again = scene.plan()

    assert nights(first) == nights(again) | {guid(3): nights(first)[guid(3)]}
    assert guid(3) not in nights(again)


def test_people_who_were_told_keep_their_night(scene: Scene) -> None:
    """It should leave who was told on his night, even when it is nearer than the notice and others are postponed."""
    first = scene.plan()
    wave = first.waves[0]
    told = [n for n in range(COUNT) if guid(n) in wave.mailboxes]
    scene.tell(*told)
    scene.clock.pass_(5 * DAY)

    again = scene.plan()

    assert wave == again.waves[0]
    others = {day for key, day in nights(again).items() if key not in wave.mailboxes}
    assert min(others) >= (NOW + 19 * DAY).date()
    assert () == again.told_again


def test_a_told_night_that_is_gone_is_named(scene: Scene) -> None:
    """It should name each mailbox that was told a night which its organisation has postponed, and say from and to."""
    first = scene.plan()
    wave = first.waves[0]
    told = [n for n in range(COUNT) if guid(n) in wave.mailboxes]
    scene.tell(*told)
    scene.rules = (postponed(first, "RR8"),)

    again = scene.plan()
    named = {entry.mailbox: entry for entry in again.told_again}

    assert {guid(n) for n in told if n % 2 == 0} == set(named)
    for key, entry in named.items():
        assert (wave.night, nights(again)[key]) == (entry.was, entry.now)
        assert "told again" in entry.why
    assert {guid(n) for n in told if n % 2} <= set(again.waves[0].mailboxes)
    assert again.digest == scene.plan().digest


def test_a_wave_that_has_begun_stays_as_it_is(scene: Scene) -> None:
    """It should keep the batches of a wave that has begun, whatever its organisations want now."""
    first = scene.plan()
    wave = first.waves[0]
    begun = [n for n in range(COUNT) if guid(n) in wave.mailboxes]
    scene.move(MailboxState.SYNCING, begun[0])
    scene.rules = (postponed(first, "RR8"), postponed(first, "A81001"))

    again = scene.plan()

    assert wave == again.waves[0]
    assert max(nights(first).values()) < min(
        day for key, day in nights(again).items() if key not in wave.mailboxes
    )


def test_who_missed_his_night_gets_another_and_must_be_told(scene: Scene) -> None:
    """It should plan who still waits after his wave is over anew, keep the others in it, and name him."""
    first = scene.plan()
    wave = first.waves[0]
    numbers = [n for n in range(COUNT) if guid(n) in wave.mailboxes]
    scene.tell(*numbers)
    for step in (MailboxState.SYNCING, MailboxState.SYNCED, MailboxState.COMPLETING, MailboxState.MOVED):
        scene.move(step, *numbers[1:])
    scene.clock.pass_(wave.window_end - NOW + DAY)

    again = scene.plan()

    assert {guid(n) for n in numbers[1:]} == set(again.waves[0].mailboxes)
    assert nights(again)[guid(numbers[0])] > wave.night
    assert [(guid(numbers[0]), wave.night)] == [(told.mailbox, told.was) for told in again.told_again]
    assert again.digest == scene.plan().digest


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: msgspec.structs.replace(plan, waves=plan.waves[1:]),
        lambda plan: msgspec.structs.replace(plan, waves=plan.waves[:1]),
    ],
)
def test_the_ledger_keeps_what_people_rely_on(scene: Scene, change: Callable[[Plan], Plan]) -> None:
    """It should refuse a plan that loses people who were told without naming them, and take one that keeps them."""
    first = scene.plan()
    scene.tell(*[n for n in range(COUNT) if guid(n) in first.waves[0].mailboxes])
    other = change(first)

    if other.waves[0] == first.waves[0]:
        scene.ledger.save_plan(other, REASON)
        assert other.digest == _saved(scene.ledger)
    else:
        with pytest.raises(PlanFrozen):
            scene.ledger.save_plan(other, REASON)


def _saved(ledger: Ledger) -> str:
    found = ledger.plan()
    assert found is not None
    return found.digest


def test_nobody_waits(scene: Scene) -> None:
    """It should plan nobody when nobody waits, and drop everybody who waited before."""
    first = scene.plan()
    scene.move(MailboxState.DEFERRED, *range(COUNT))

    assert COUNT == len(nights(first))
    assert Plan(()) == scene.plan()


def test_dates_on_approved_nights_alone_are_a_contradiction(scene: Scene) -> None:
    """It should name the dates and the approved wave, and write nothing, when nobody could join but its list."""
    scene.move(MailboxState.DEFERRED, 0, 2, 4, 6, 8, 10)
    first = scene.plan()
    wave = first.waves[0]
    scene.ledger.record_approval(wave.digest, wave.id, wave.window_end, REASON)
    scene.move(MailboxState.WAITING, 0)
    chosen = Rule(Kind.CHOSEN, Scope.ORGANISATION, "RR8", wave.night, wave.night, "asked for")
    scene.rules = (chosen,)

    with pytest.raises(NoNightLeft) as caught:
        scene.plan()

    listed = Rule(Kind.FREEZE, Scope.NATIONAL, "", wave.night, wave.night, LISTED)
    assert (("RR8",), {chosen, listed}) == (caught.value.organisations, set(caught.value.rules))
    assert first == scene.ledger.plan()
