"""Durable execution: one contract for DBOS on both databases and for the engine that forgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import enumerate as threads

import pytest

from mailwave.adapters.durable import Dbos, Scratch
from mailwave.adapters.durable_memory import in_memory
from mailwave.core.courses import NEVER, Course, Step
from mailwave.ports.durable import Durably, Held

MORNING = datetime(2026, 9, 1, 8, tzinfo=UTC)
COURSES = ("a wave", "its first batch", "its second batch")


@dataclass
class Work:
    """Courses of three steps, of which each is looked at three times; *taken* is what was done, in its order."""

    now: datetime = MORNING
    taken: list[tuple[str, str, int]] = field(default_factory=list)
    broken: str | None = None

    def find(self, course: str) -> Course:
        return Course(
            course, [self.step(course, name, minutes) for minutes, name in enumerate(("go", "wait", "end"))]
        )

    def step(self, course: str, name: str, minutes: int) -> Step:
        looks: list[datetime] = []

        def take() -> datetime | None:
            if (course, name) == (self.broken, "wait"):
                raise LookupError(course)
            looks.append(self.now)
            self.taken.append((course, name, len(looks)))
            return self.now + timedelta(minutes=minutes) if len(looks) < 3 else None

        return Step(name, take)

    def run(self, durably: Durably) -> None:
        with durably(self.find) as durable:
            for course in COURSES:
                assert Held.HERE is durable.begin(course)
            while (due := durable.turn(self.now)) != NEVER:
                self.now = due


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def durably(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Durably]:
    """Makes an engine as a new process would; what the one before remembered is still there."""
    if request.param == "memory":
        return lambda: in_memory
    url = f"sqlite:///{tmp_path / 'durable.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("databases").empty()
    return lambda: Dbos(Scratch(url))


def test_courses_take_turns_in_one_order(durably: Callable[[], Durably]) -> None:
    """It should let the courses go on one after the other, in the order they were begun, whichever engine it is."""
    expected = Work()
    expected.run(in_memory)

    work = Work()
    work.run(durably())

    assert (expected.taken, expected.now) == (work.taken, work.now)
    assert {course for course, _, _ in work.taken} == set(COURSES)


def test_a_step_that_ended_is_not_taken_again(
    durably: Callable[[], Durably], request: pytest.FixtureRequest
) -> None:
    """It should go on with the step at which an error came out, and begin a course anew that has ended."""
    broken = Work(broken="its first batch")
    with pytest.raises(LookupError, match="its first batch"):
        broken.run(durably())

    mended = Work()
    mended.run(durably())

    again = {step for course, step, _ in mended.taken if course == "its first batch"}
    remembers = "memory" not in request.node.name
    assert ({"wait", "end"} if remembers else {"go", "wait", "end"}) == again
    anew = Work()
    anew.run(durably())
    assert {"go", "wait", "end"} == {step for _, step, _ in anew.taken}


def test_what_has_ended_can_be_left_ended(durably: Callable[[], Durably]) -> None:
    """It should say of a course that has ended that it has, where it is not to be begun anew."""
    engine, work = durably(), Work()
    with engine(work.find) as durable:
        durable.begin("a wave")
        while (due := durable.turn(work.now)) != NEVER:
            work.now = due
        assert Held.HERE is durable.begin("its first batch", anew=False)
        while (due := durable.turn(work.now)) != NEVER:
            work.now = due

        assert Held.ENDED is durable.begin("its first batch", anew=False)


def test_no_thread_is_left(tmp_path: Path) -> None:
    """It should end the threads of courses that still wait, and leave those to a later run."""
    before = set(threads())
    work = Work()
    with Dbos(Scratch(f"sqlite:///{tmp_path / 'durable.db'}"))(work.find) as durable:
        for course in COURSES:
            durable.begin(course)
        durable.turn(work.now)

    assert not {thread for thread in set(threads()) - before if thread.is_alive() and not thread.daemon}


@dataclass(frozen=True)
class Present:
    """The workers that are heard of; nobody of them is dead."""

    names: tuple[str, ...]

    def here(self) -> tuple[str, ...]:
        return self.names

    def take_over(self, _executor: str) -> bool:
        return False


WAVES = [f"wave {n}" for n in range(6)]


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_waves_are_shared_by_those_who_are_there(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """It should leave to others what they have less of, and wait for nobody who never comes."""
    url = f"sqlite:///{tmp_path / 'durable.db'}"
    if database == "postgresql":
        url = request.getfixturevalue("databases").empty()
    asked: dict[str, list[list[str]]] = {"first": [], "second": []}
    for name in ("first", "second", "first", "second", "first"):  # a process knows DBOS once
        with Dbos(Scratch(url, name), Present(("first", "second", "never")))(Work().find) as durable:
            for _ in range(2):
                begun = [each for each in WAVES if durable.begin(each, shared=True) is Held.HERE]
                asked[name].append(begun)

    assert [[], ["wave 0"], ["wave 0"], ["wave 0", "wave 2"]] == asked["first"][:4]
    assert [[], ["wave 1"], ["wave 1"], ["wave 1", "wave 3"]] == asked["second"]
    assert ["wave 0", "wave 2", "wave 4"] == asked["first"][-1]
