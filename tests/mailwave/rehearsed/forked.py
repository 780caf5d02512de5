"""Every death of one run: at each durable boundary a fork of the process takes the place of the next process.

A fork has a copy of the services, which are in memory, and of the folder as it is on the disk at that moment, which is
what `kill -9` leaves behind: nothing is unwound, closed or rolled back. It runs the campaign again to its end and is
judged, while the run that it was forked from goes on to the next boundary. So n = 1, 2, 3, … cost one run and the rest
of one for each n, not two runs for each.
"""

from __future__ import annotations

import os
import shutil
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from mailwave.adapters.durable_memory import in_memory
from mailwave.adapters.ledger import Ledger
from mailwave.core.courses import Course, Step
from mailwave.ports.durable import Durable, Durably, Find
from tests.mailwave.rehearsed.boundary import Boundary, Killed
from tests.mailwave.rehearsed.invariants import end_state, problems, problems_beside_the_journal
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.smallest import LEAVES, WithLeaver, smallest

type Chosen = Callable[[int], bool]
"""Whether somebody is killed at a boundary of this number."""


@dataclass
class Remembering:
    """A durable engine whose checkpoints outlive the process: *ended* steps of each course are not taken again."""

    ended: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def __call__(self, find: Find) -> Iterator[Durable]:
        """Durable execution of the courses that *find* finds, for the time of the block."""

        def rest(course: str) -> Course:
            steps = find(course).steps
            if self.ended.get(course, 0) == len(steps):  # one that has ended begins anew
                self.ended[course] = 0
            left = steps[self.ended.get(course, 0) :]
            return Course(course, [Step(step.name, lambda s=step: self._take(course, s)) for step in left])  # type: ignore[misc]

        with in_memory(rest) as durable:
            yield durable

    def _take(self, course: str, step: Step) -> datetime | None:
        due = step.take()
        if due is None:
            self.ended[course] = self.ended.get(course, 0) + 1
        return due


class Forks(Boundary):
    """Counts boundaries; at each that is *chosen* a fork takes over *folder* in a copy of its own."""

    def __init__(self, chosen: Chosen, folder: Path, take_over: Callable[[Path], None]) -> None:
        super().__init__()
        self.killed = 0
        self.wrong: list[str] = []
        self._chosen = chosen
        self._folder = folder
        self._take_over = take_over

    def cross(self, where: str) -> None:
        """Pass what comes after an effect: what is before the next one leaves the same behind, and is not counted."""
        if not where.startswith("after "):
            return
        self.passed += 1
        if self._chosen(self.passed):
            self.killed += 1
            with scratch() as copy:
                shutil.copytree(self._folder, copy, dirs_exist_ok=True)
                if said := self._followed(copy):
                    self.wrong.append(f"killed at boundary {self.passed} ({where}): {said}")

    def _followed(self, copy: Path) -> str:
        """What is wrong with the end to which a fork came in *copy*; the journal is read here, which takes threads."""
        reads, writes = os.pipe()
        fork = os.fork()
        if fork == 0:
            os.close(reads)
            self._end(writes, copy)
        os.close(writes)
        with os.fdopen(reads, encoding="utf-8") as told:
            said = told.read()
        _, status = os.waitpid(fork, 0)
        if status:
            return said or f"it ended with {status}"
        with Ledger.open(f"sqlite:///{copy / 'ledger.db'}", lambda: LEAVES) as ledger:
            ledger.verify_journal()
        return ""

    def _end(self, writes: int, copy: Path) -> NoReturn:
        """Take over, and end without unwinding what belongs to the process that goes on."""
        code = 1
        try:
            self._take_over(copy)
            code = 0
        except BaseException:  # noqa: BLE001  whatever it is, it ends this process and is told to the other
            os.write(writes, traceback.format_exc()[-2000:].encode())
        finally:
            os._exit(code)


@dataclass(frozen=True)
class Loop:
    """What came of killing one run at the boundaries that were chosen: how many there are, and what was *wrong*."""

    boundaries: int
    killed: int
    wrong: list[str]


@cache
def clean_run() -> tuple[dict[str, Any], int, int]:
    """The end of a run that nobody kills, how many boundaries it has, and how many of them before `wave run`."""
    with scratch() as folder:
        operator = WithLeaver(smallest(), folder, Forks(lambda _: False, folder, print))
        operator.prepare()
        before = operator.boundary.passed
        operator.run()
        return end_state(operator), operator.boundary.passed, before


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory where there is such a place: the pages of a killed process outlive it there, too."""
    fast = Path("/dev/shm")
    with TemporaryDirectory(dir=fast if fast.is_dir() else None) as name:
        yield Path(name)


def kill_everywhere(chosen: Chosen, *, remembers: bool) -> Loop:
    """Kill the run at each boundary that is *chosen*; the durable engine *remembers* which steps have ended, or not.

    What comes before `wave run` plans in threads, which no fork has: there the process is unwound instead.
    """
    clean, _, before = clean_run()
    early = [_killed_early(n, clean) for n in range(1, before + 1) if chosen(n)]
    with scratch() as folder:
        ended = Remembering()

        def take_over(copy: Path) -> None:
            durably: Durably = ended if remembers else in_memory
            again = WithLeaver(services, copy, durably=durably)
            again.run()
            _judge(again, clean, problems_beside_the_journal)

        services = smallest()
        forks = Forks(lambda n: n > before and chosen(n), folder, take_over)
        operator = WithLeaver(services, folder, forks, durably=ended)
        operator.prepare()
        operator.run()
        _judge(operator, clean)
    return Loop(forks.passed, forks.killed + len(early), [*(each for each in early if each), *forks.wrong])


def _killed_early(n: int, clean: dict[str, Any]) -> str:
    with scratch() as folder:
        services = smallest()
        try:
            WithLeaver(services, folder, Boundary(2 * n)).prepare()  # each is before and after
        except Killed as killed:
            again = WithLeaver(services, folder)
            again.prepare()
            again.run()
            try:
                _judge(again, clean)
            except AssertionError as error:
                return f"{killed}: {error}"
            return ""
        return f"nobody was killed at boundary {n}"


def _judge(
    operator: WithLeaver, clean: dict[str, Any], wrong: Callable[[Operator], list[str]] = problems
) -> None:
    found = wrong(operator)
    assert [] == found, "; ".join(found)
    ended = end_state(operator)
    assert clean == ended, f"another end: {[key for key in clean if clean[key] != ended[key]]}"
