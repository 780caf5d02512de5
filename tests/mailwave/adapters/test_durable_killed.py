"""Processes that carry courses are killed by SIGKILL at durable boundaries, frozen, and taken over by others.

A commit tries every third boundary, `make prove` every one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailwave.adapters.durable import Dbos, Scratch
from mailwave.adapters.ledger import Ledger
from mailwave.adapters.ledger_store import Store
from mailwave.adapters.ledger_workers import Lease
from mailwave.core.courses import NEVER, Course, Step
from mailwave.ports.durable import Held
from tests.databases import Pool
from tests.mailwave.builders import NOW, REASON

ROOT = Path(__file__).resolve().parents[3]
COURSES = ("wave", "batch")
STEPS = ("start", "end")
EVERYTHING = {(course, step) for course in COURSES for step in STEPS}
SILENT_SECONDS = 1.0
KILL_STEP = int(os.environ.get("KILL_STEP", "3"))


def effects(folder: Path) -> list[tuple[str, str]]:
    """What was done outside, in its order, by whomever."""
    told = (folder / "effects").read_text(encoding="utf-8") if (folder / "effects").exists() else ""
    return [(line.split()[1], line.split()[2]) for line in told.splitlines()]


def outside(folder: Path, worker: str, course: str, step: str) -> None:
    """Do something that nobody can undo."""
    with (folder / "effects").open("a", encoding="utf-8") as file:
        file.write(f"{worker} {course} {step}\n")


# --- the processes


def carry(folder: Path, url: str, kill_at: int) -> None:
    """Carry the courses to their end; die at the boundary *kill_at*: two a step, before and after its effect."""
    passed = 0

    def cross() -> None:
        nonlocal passed
        passed += 1
        if passed == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def find(course: str) -> Course:
        def taking(step: str) -> Callable[[], None]:
            def take() -> None:
                cross()
                outside(folder, "only", course, step)
                cross()

            return take

        return Course(course, [Step(step, taking(step)) for step in STEPS])

    with Dbos(Scratch(url))(find) as durable:
        for course in COURSES:
            durable.begin(course, anew=False)
        while durable.turn(NOW) != NEVER:
            pass


def work(folder: Path, url: str, worker: str) -> None:
    """Take the wave, or take it over; each step waits until its file is there, and acts with an intent before."""
    store = Store(url)
    with Ledger(store, lambda: NOW) as ledger:
        lease = Lease(store, lambda: NOW, worker, REASON, beat_seconds=0.1, dead_seconds=SILENT_SECONDS)

        def find(course: str) -> Course:
            def taking(step: str) -> Callable[[], datetime | None]:
                def take() -> datetime | None:
                    if not (folder / step).exists():
                        print(f"waits for {step}", flush=True)
                        return datetime.now(UTC)
                    lease.check()
                    intent = ledger.intent("test", f"{course} {step}", {}, REASON)
                    outside(folder, worker, course, step)
                    ledger.outcome(intent, "ok", {})
                    return None

                return take

            return Course(course, [Step(step, taking(step)) for step in STEPS])

        with lease.kept(), Dbos(Scratch(url, worker), lease)(find) as durable:
            while durable.begin("wave", anew=False) is Held.ELSEWHERE:
                time.sleep(0.1)
            print("has it", flush=True)
            while durable.turn(datetime.now(UTC)) != NEVER:
                time.sleep(0.05)


def process(*arguments: object) -> subprocess.Popen[str]:
    """One of them."""
    command = [sys.executable, "-m", __name__, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# --- what is proved


@pytest.mark.crash
def test_killed_at_a_boundary_each_step_is_carried_to_its_end(tmp_path: Path) -> None:
    """It should go on after a kill at any boundary until none is left, and repeat at most the step it died in."""
    killed = []
    for boundary in range(1, 100, KILL_STEP):
        folder = tmp_path / str(boundary)
        folder.mkdir()
        url = f"sqlite:///{folder / 'durable.db'}"
        with process("carry", folder, url, boundary) as first:
            first.communicate()
        carry(folder, url, 0)

        times = Counter(effects(folder))
        assert EVERYTHING == set(times)
        assert times.total() <= len(EVERYTHING) + 1
        if first.returncode == 0:
            break
        assert -signal.SIGKILL == first.returncode
        killed.append(boundary)

    assert list(range(1, 2 * len(EVERYTHING) + 1, KILL_STEP)) == killed


@pytest.mark.crash
def test_a_dead_worker_is_taken_over(databases: Pool, tmp_path: Path) -> None:
    """It should go on with the step that a killed worker had not ended, and with no step that it had."""
    url = databases.server.url(databases.lend())
    (tmp_path / "start").touch()
    with process("work", tmp_path, url, "w1") as first:
        wait_until_said(first, "waits for end")
        first.kill()
    (tmp_path / "end").touch()

    with process("work", tmp_path, url, "w2") as second:
        _, said = second.communicate(timeout=60)

    assert (0, [("wave", "start"), ("wave", "end")]) == (second.returncode, effects(tmp_path)), said


@pytest.mark.crash
def test_a_frozen_worker_that_wakes_does_nothing_more(databases: Pool, tmp_path: Path) -> None:
    """It should refuse a worker that wakes after its work was taken over: no intent, no effect, and it ends."""
    url = databases.server.url(databases.lend())
    (tmp_path / "start").touch()
    with process("work", tmp_path, url, "w1") as first:
        wait_until_said(first, "waits for end")
        first.send_signal(signal.SIGSTOP)
        with process("work", tmp_path, url, "w2") as second:
            wait_until_said(second, "has it")
            (tmp_path / "end").touch()
            first.send_signal(signal.SIGCONT)
            _, said_by_first = first.communicate(timeout=60)
            second.communicate(timeout=60)

    assert "the work of worker w1 was taken over by another" in said_by_first
    assert (1, 0) == (first.returncode, second.returncode)
    told = (tmp_path / "effects").read_text(encoding="utf-8").splitlines()
    assert ["w1 wave start", "w2 wave end"] == told
    with Ledger.open(url, lambda: NOW) as ledger:
        ledger.verify_journal()
        assert ["wave start", "wave end"] == [intent.subject for intent in ledger.intents("test")]


def wait_until_said(worker: subprocess.Popen[str], what: str) -> None:
    """Wait until *worker* has said *what*, or has ended."""
    assert worker.stdout is not None
    assert f"{what}\n" in iter(worker.stdout.readline, "")


if __name__ == "__main__":
    if sys.argv[1] == "carry":
        carry(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        work(Path(sys.argv[2]), *sys.argv[3:])
