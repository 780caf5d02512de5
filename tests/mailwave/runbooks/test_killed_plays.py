"""A rolling play killed in the middle by SIGKILL, in each of its three processes: the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from mailwave.core.outcomes import PlayFailed
from mailwave.core.plays import Beat, BeatStatus
from tests.mailwave.adapters.small_plays import ROOT
from tests.mailwave.runbooks import rolling
from tests.mailwave.runbooks.test_site_plays import SERVERS

pytestmark = pytest.mark.crash

BEATS = 24
"""Beginnings and ends of tasks in a whole run: three servers with four tasks."""
STEP = int(os.environ.get("KILL_STEP", "24"))
"""Between the beats at which it is killed; `make prove` takes every one, in both processes."""
KILLED, FIRST = (("child", "runner"), 1) if STEP == 1 else (("child",), 10)


def processes(folder: Path) -> dict[str, int]:
    """The play's process and the one around it, by what they are; only those that work in *folder*."""
    found: dict[str, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes()
            at_work = (entry / "cwd").readlink() == folder / "plays"
        except OSError:
            continue
        if at_work and b"ansible-playbook" in line:
            number = int(entry.name)
            found["child"] = min(number, found.get("child", number))
    if "child" in found:
        try:
            status = Path(f"/proc/{found['child']}/stat").read_text(encoding="utf-8")
        except OSError:  # it ended meanwhile
            return {}
        found["runner"] = int(status.rpartition(")")[2].split()[1])
    return found


def holds(folder: Path, beat: Beat) -> bool:
    """Whether the play waits in the middle of its second server."""
    return (beat.server, beat.task, beat.status) == (rolling.HELD, "Work", BeatStatus.STARTED)


def killing(folder: Path, which: str) -> Callable[[Beat], None]:
    """What kills the process *which* when the play waits."""

    def on_beat(beat: Beat) -> None:
        if holds(folder, beat):
            os.kill(processes(folder)[which], signal.SIGKILL)

    return on_beat


def goes_on(folder: Path) -> None:
    """Run it once more, with nothing in its way, and look at what both runs did together."""
    assert (folder / "state" / rolling.HELD).exists(), "it was killed elsewhere than in maintenance"
    (folder / "state" / "go").touch()

    applied = rolling.run(folder)

    assert applied.left_out == SERVERS[:1]
    assert sorted(file.name for file in (folder / "state").iterdir()) == ["done", "go"]
    assert (folder / "state" / "done").read_text(encoding="utf-8").split() == list(SERVERS[:3])
    with rolling.runbook(folder) as made:
        assert made.ledger.open_intents() == []
        made.ledger.verify_journal()


@pytest.mark.parametrize("which", ["child", "runner"])
def test_killed_below_the_command(tmp_path: Path, which: str) -> None:
    """It should read back that a server was left in maintenance, and go on with that one and those after it."""
    rolling.write(tmp_path)

    with pytest.raises(PlayFailed) as caught:
        rolling.run(tmp_path, killing(tmp_path, which))

    assert f"{rolling.TWIN}: {rolling.HELD}" in str(caught.value)
    goes_on(tmp_path)


def test_killed_with_the_command(tmp_path: Path) -> None:
    """It should go on with the servers not done, once the play of the command that was killed has ended by itself."""
    rolling.write(tmp_path)
    command = subprocess.Popen(
        [sys.executable, rolling.__file__, str(tmp_path)], cwd=ROOT, env=_environment()
    )
    _wait_for((tmp_path / "state" / rolling.HELD).exists)

    command.kill()
    command.wait()
    _wait_for(lambda: not processes(tmp_path))

    goes_on(tmp_path)


def test_killed_with_all_that_watched(tmp_path: Path) -> None:
    """It should end what a command and its runner left behind, killed together, before it goes on."""
    rolling.write(tmp_path)
    command = subprocess.Popen(
        [sys.executable, rolling.__file__, str(tmp_path)], cwd=ROOT, env=_environment()
    )
    _wait_for((tmp_path / "state" / rolling.HELD).exists)
    left = processes(tmp_path)

    os.kill(left["runner"], signal.SIGSTOP)  # so that it cannot clean up
    command.kill()
    command.wait()
    os.kill(left["runner"], signal.SIGKILL)

    goes_on(tmp_path)


@pytest.mark.parametrize("which", KILLED)
@pytest.mark.parametrize("at", range(FIRST, BEATS + 1, STEP))
def test_killed_at_any_task(tmp_path: Path, which: str, at: int) -> None:
    """It should end as if nobody had killed it, whenever that was, with no server left in maintenance."""
    rolling.write(tmp_path)
    (tmp_path / "state" / "go").touch()
    beats = 0

    def on_beat(beat: Beat) -> None:
        nonlocal beats
        beats += 1
        if beats == at and (found := processes(tmp_path)):
            os.kill(found[which], signal.SIGKILL)

    with suppress(
        PlayFailed
    ):  # where the servers stood as the twin wants them, it is done or goes on by itself
        rolling.run(tmp_path, on_beat)
    rolling.run(tmp_path)

    assert sorted(file.name for file in (tmp_path / "state").iterdir()) == ["done", "go"]
    assert set((tmp_path / "state" / "done").read_text(encoding="utf-8").split()) == set(SERVERS[:3])
    with rolling.runbook(tmp_path) as made:
        assert made.ledger.open_intents() == []


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _wait_for(condition: Callable[[], bool], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
