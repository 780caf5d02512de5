"""Orphans of the engine: found by their mark, told from the living, and ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mailwave.adapters import engine_process
from mailwave.adapters.engine_process import MARK, Owner

BACKEND = "file:///nowhere/of/this/test"
PATIENT = "import signal,sys,time;signal.signal(signal.SIGINT,lambda *_: sys.exit(0));print();time.sleep(60)"
DEAF = "import signal,time;signal.signal(signal.SIGINT,signal.SIG_IGN);print(flush=True);time.sleep(60)"


@pytest.fixture(autouse=True)
def backend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", BACKEND)


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes to end after the test."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def worker(
    started: list[subprocess.Popen[bytes]], owner: Owner, program: str = PATIENT, stack: str = "s"
) -> subprocess.Popen[bytes]:
    """A process that works on *stack* for *owner*, and listens already."""
    mark = f"{owner.pid} {owner.start} {stack} {BACKEND}"
    process = subprocess.Popen(
        [sys.executable, "-uc", program], env=os.environ | {MARK: mark}, stdout=subprocess.PIPE
    )
    started.append(process)
    assert process.stdout
    process.stdout.readline()
    return process


def dead() -> Owner:
    """Somebody whose process id is in use again: the same number, another start."""
    return Owner(os.getpid(), Owner.me().start - 1)


def test_only_the_dead_leave_orphans(started: list[subprocess.Popen[bytes]]) -> None:
    """It should find what works for a dead owner, and nothing of a living one or of another stack."""
    orphan = worker(started, dead())
    worker(started, Owner.me())
    worker(started, dead(), stack="other")

    with engine_process.orphans("s") as found:
        assert [orphan.pid] == [each.pid for each in found]


@pytest.mark.parametrize(("program", "code"), [(PATIENT, 0), (DEAF, -9)])
def test_an_orphan_ends(started: list[subprocess.Popen[bytes]], program: str, code: int) -> None:
    """It should let an orphan end by itself, and kill it when it does not."""
    process = worker(started, dead(), program)

    with engine_process.orphans("s") as found:
        engine_process.end(found, grace=1.0)

    assert code == process.wait(5)


def test_a_reused_process_id_is_not_the_holder() -> None:
    """It should compare when the process began with when the lock was made."""
    now = datetime.now(UTC)

    assert engine_process.was_alive(os.getpid(), now)
    assert not engine_process.was_alive(os.getpid(), now - timedelta(days=3650))


def test_a_process_that_ended_is_dead(started: list[subprocess.Popen[bytes]]) -> None:
    """It should count a process that nobody has collected yet as ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    started.append(process)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    assert not engine_process.was_alive(process.pid, datetime.now(UTC))
