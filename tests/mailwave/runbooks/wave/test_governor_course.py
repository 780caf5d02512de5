"""The governor's turns: how often, by what work, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange_admin.online import ExchangeOnline as Admin
from mailwave.adapters.admin_calls import AdminCalls
from mailwave.adapters.durable_memory import MemoryDurable
from mailwave.adapters.move_endpoints import MoveEndpoints
from mailwave.core import overview
from mailwave.core.courses import NEVER
from mailwave.core.governor.channel import Kind
from mailwave.core.governor.costs import Work as Night
from mailwave.core.governor.costs import calls
from mailwave.core.governor.govern import Governor
from mailwave.core.governor.readings import Bounds, Limits, Range
from mailwave.core.intents import Outcome
from mailwave.core.planner import Wave
from mailwave.core.progress import Flight
from mailwave.core.states import MailboxState
from mailwave.ports.durable import Held
from mailwave.ports.telemetry import Unwatched
from mailwave.runbooks.wave.governing import ACT, EndpointKeeper, Work
from mailwave.runbooks.wave.governor_course import (
    GOVERNOR,
    IN_A_WINDOW,
    OUTSIDE,
    Governing,
    due_after,
    work_of,
)
from mailwave.runbooks.wave.run import WATCH, Courses, RunWaves
from tests.mailwave.rehearsed.boundary import Boundary
from tests.mailwave.rehearsed.invariants import problems
from tests.mailwave.rehearsed.operator import GRANTED, REASON, Operator
from tests.mailwave.rehearsed.services import Services

BOUNDS = Bounds(Range(2, 40), Range(2, 20))
SAMPLED = 6
FEW = Limits(2, 2)
"""Slots that are set when the run begins: fewer than the first batch has mailboxes."""

BEHIND = {name: place.endpoint for name, place in GRANTED.places.items()}


class Counted(Services):
    """Services whose client says what it sends to the tenant, as in a run."""

    calls = AdminCalls()

    def cloud(self, boundary: Boundary, *, dry_run: bool = False) -> Admin:
        """The client, whose requests are counted."""
        client = super().cloud(boundary, dry_run=dry_run)
        client._sent = self.calls.sent
        return client


class Turns(Unwatched):
    """Counts the turns of the steps of waves."""

    def __init__(self) -> None:
        self.polls = self.readings = 0

    @contextmanager
    def turn(self, course: str, step: str) -> Iterator[None]:
        """Count those that read the service."""
        self.polls += step in ("4 initial sync", "5 hold at synced", "6 converge", "7 release", "8 close")
        self.readings += course == "governor"
        yield


class Governed(Operator):
    """An operator whose runs govern the endpoints."""

    turns = Turns()

    @contextmanager
    def running(self, **replaced: Any) -> Iterator[RunWaves]:
        """The runbook behind `wave run`, with a governor."""
        with super().running(**replaced) as runbook, self.services.cloud(self.boundary) as admin:

            def made() -> EndpointKeeper:
                governor = Governor(dict.fromkeys(BEHIND.values(), BOUNDS))
                endpoints = MoveEndpoints(admin)
                return EndpointKeeper(
                    runbook.ledger, endpoints, governor, 300, REASON, self.said.append, SAMPLED
                )

            ledger: Any = runbook.ledger
            governing = Governing(self.clock, ledger, ledger, BEHIND, made)
            yield replace(runbook, governing=governing, telemetry=self.turns)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Governed:
    """An operator whose run began with few slots, and was governed to its end."""
    operator = Governed(Counted(), tmp_path_factory.mktemp("governed"))
    operator.prepare()
    with operator.services.cloud(Boundary()) as admin:
        for endpoint in set(BEHIND.values()):
            MoveEndpoints(admin).set_limits(endpoint, FEW)
    Counted.calls = AdminCalls()
    operator.run()
    return operator


def test_a_run_governs_and_ends(finished: Governed) -> None:
    """It should raise slots that are too few while a run waits for them, journal why, and end with the run."""
    with finished.ledger() as ledger:
        acts = ledger.intents(ACT)

    assert {Outcome.OK} == {act.outcome for act in acts}
    assert "first copies and 0 completions wait for a slot" in acts[0].detail["why"]
    assert acts[0].detail["to"]["migrations"] > FEW.migrations
    assert [] == problems(finished)


def test_a_run_costs_what_was_designed(finished: Governed) -> None:
    """It should send of each kind no more calls than its batches, mailboxes, polls and readings are reckoned with."""
    account, turns = finished.account(), finished.turns
    designed = calls(
        Night(
            account.batches,
            account.counts.moved + 10,
            turns.polls,
            retried=5,
            stopped=5,
            endpoints=2,
            readings=turns.readings,
            sampled=SAMPLED,
        )
    )
    counted = Counted.calls.by_name()

    assert {} == {name: number for name, number in counted.items() if number > designed[Kind[name.upper()]]}
    assert min(counted["complete"], counted["poll"], counted["sample"]) > account.counts.moved


def test_what_was_cut_off_is_closed(tmp_path: Path) -> None:
    """It should close what an earlier process left open on an endpoint before it reads the limits again."""
    operator = Operator(Services(), tmp_path)
    with operator.ledger() as ledger, operator.services.cloud(Boundary()) as admin:
        ledger.intent(ACT, "leeds", {}, REASON)
        keeper = EndpointKeeper(ledger, MoveEndpoints(admin), Governor({}), 300, REASON, operator.said.append)

        due = Governing(operator.clock, ledger, ledger, BEHIND, lambda: keeper).turn()

        assert [] == ledger.open_intents()
        assert operator.clock.now() + OUTSIDE == due


class TakenElsewhere(MemoryDurable):
    """Durable execution in which another worker has the governor's course at first."""

    asked = 0

    def begin(self, course: str, *, anew: bool = True) -> Held:
        """Say so three times."""
        if course == GOVERNOR and self.asked < 3:
            self.asked += 1
            return Held.ELSEWHERE
        return super().begin(course, anew=anew)


def test_one_worker_governs(tmp_path: Path) -> None:
    """It should leave governing to the worker that has it, ask again while waves run, and take it when it is free."""
    operator = Governed(Services(), tmp_path)
    operator.prepare()
    with operator.running() as runbook:
        courses = Courses(runbook, runbook.prepare(), operator.clock.now())
        durable = TakenElsewhere(courses.find)
        now = operator.clock.now()
        assert NEVER == runbook._governed(durable, courses, now)
        durable.begin(courses.of(runbook.prepare()[0].id)[0])
        durable.turn(now)

        asked = [runbook._governed(durable, courses, now) for _ in range(5)]

    assert [now + WATCH] * 3 + [now, NEVER] == asked
    assert GOVERNOR in durable._due


def test_a_window_is_read_often(night: Wave) -> None:
    """It should read every five minutes of a window, at its very beginning, and seldom else."""
    opens, closes = night.window_start, night.window_end
    nights = [overview.Night(night.id, night.night, opens, closes)]

    assert opens + IN_A_WINDOW == due_after(opens, nights)
    assert closes + OUTSIDE == due_after(closes, nights)
    assert opens == due_after(opens - timedelta(minutes=20), nights)
    assert opens - timedelta(hours=1) == due_after(opens - timedelta(hours=1) - OUTSIDE, nights)


def test_work_is_what_copies_and_what_completes() -> None:
    """It should count both by endpoint, weigh their bytes, and look first at those that were last seen at work."""
    states = MailboxState
    aloft = [
        flight(1, "leeds", states.SYNCING, "Queued"),
        flight(2, "leeds", states.SYNCING, "Syncing"),
        flight(3, "leeds", states.SYNCED, "Synced"),
        flight(4, "leeds", states.COMPLETING, "Synced"),
        flight(6, "leeds", states.SYNCING, "Failed"),
        flight(8, "leeds", states.SYNCING, "Synced"),
        flight(7, "leeds", states.COMPLETING, "CompletionFailed"),
        flight(5, "elsewhere", states.SYNCING, "Syncing"),
    ]

    assert {"leeds": Work(["g2", "g4", "g1"], copies=2, due=1, left=21.0)} == work_of(
        aloft, {"leeds": "leeds"}
    )


@pytest.fixture
def night(tmp_path: Path) -> Wave:
    """A wave with a window of some hours."""
    operator = Operator(Services(), tmp_path)
    operator.discover()
    operator.check()
    operator.plan()
    with operator.ledger() as ledger:
        first: Wave = ledger.waves()[0]
    return first


def flight(n: int, site: str, state: MailboxState, status: str) -> Flight:
    return Flight(f"g{n}", "R1", site, "W1", "W1-1", 7, state, status, None, None, None, "", None)
