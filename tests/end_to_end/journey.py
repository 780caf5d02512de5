"""Starts `python -m rehearsal` as a person would, and reads afterwards what the services remember."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal import server
from rehearsal.counts import Target
from rehearsal.credentials import Credentials
from rehearsal.home import Home
from rehearsal.world import World

ROOT = Path(__file__).parents[2]
PATH = f"{ROOT / '.cache' / 'engine' / 'bin'}:{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"


_STATES = "select distinct state from mailboxes union select distinct state from in_flight"
"""The ledger keeps what is in flight apart."""

SIZE = "pair"
"""The sites and the stacks of the main job, with a quarter of its mailboxes."""


def environment() -> dict[str, str]:
    """What a shell would have that was told where the engine is."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PATH": PATH}


def start(home: Path) -> subprocess.Popen[bytes]:
    """Start the whole journey in *home*, in a process group of its own."""
    command = [sys.executable, "-m", "rehearsal", "run", "--home", str(home), "--size", SIZE]
    log = home.parent / "run.log"
    with log.open("ab") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=output, stderr=output, start_new_session=True
        )


def finish(home: Path, *, seconds: float = 1_200) -> dict[str, Any]:
    """Run the journey in *home* to its end and return its summary."""
    process = start(home)
    code = process.wait(seconds)
    assert code == 0, (home.parent / "run.log").read_text(encoding="utf-8")[-4000:]
    summary: dict[str, Any] = json.loads((home / "summary.json").read_text(encoding="utf-8"))
    return summary


def kill(process: subprocess.Popen[bytes]) -> None:
    """End *process* and every process of its group, without a word."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for_states(home: Path, states: set[str], process: subprocess.Popen[bytes]) -> None:
    """Return once the ledger in *home* has mailboxes in each of *states*."""
    deadline = time.monotonic() + 300
    while not states <= _states(home / "ledger.db"):
        assert process.poll() is None, "the journey ended before it was killed"
        assert time.monotonic() < deadline, f"the ledger never had {states}"
        time.sleep(0.05)


def _states(ledger: Path) -> set[str]:
    if not ledger.exists():
        return set()
    try:
        with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
            return {row[0] for row in connection.execute(_STATES)}
    except sqlite3.OperationalError:
        return set()


def processes_using(home: Path) -> list[str]:
    """The command lines of the processes that name *home*."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        if str(home) in line:
            found.append(line)
    return found


@dataclass(frozen=True)
class Remembered:
    """What the services say that happened: notices by (template, address), and migration users by ExchangeGuid."""

    notices: Counter[tuple[str, str]]
    references: Counter[str]
    users: Counter[str]


def remembered(home: Path) -> Remembered:
    """Rebuild the services of *home* from the requests that they were sent, and look what they hold."""
    with Home.held(home) as held:
        record = held.record()
        assert record is not None
        credentials = Credentials.in_folder(home / "credentials")
        world = World(record.estate(), home=home, fault_file=None, secrets=credentials)
        world.log.close()
        with server.serving(held, record, None) as running, Target(running.endpoints) as target:
            users = target.rows("Get-MigrationUser", ResultSize="Unlimited")
    return Remembered(
        Counter((sent.template.id, sent.email_address) for sent in world.notify.accepted),
        Counter(str(sent.reference) for sent in world.notify.accepted),
        Counter(user["MailboxGuid"].lower() for user in users),
    )
