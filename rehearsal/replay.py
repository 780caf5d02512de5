"""How to see a failure again: the command line with everything that decided a rehearsal, and plans given on it."""

from __future__ import annotations

import hashlib
import shlex
from pathlib import Path

from rehearsal.faults import FaultPlan
from rehearsal.home import Record

FOLDER = "build/replay"
"""Where the command replays: a folder of its own, since a rehearsal goes on from what it finds."""


def command(record: Record) -> str:
    """Return the line that replays the rehearsal of *record*, the plan of its faults in it, the usual ones too.

    :raises FaultFileBroken: if the file of its faults is no longer what it was.
    """
    plan = FaultPlan.from_file(Path(record.faults)) if record.faults else _usual(record)
    words = ("python", "-m", "rehearsal", "run", "--home", FOLDER, "--environment", record.environment)
    return shlex.join((*words, "--size", record.size, "--seed", str(record.seed), "--faults", plan.json))


def _usual(record: Record) -> FaultPlan:
    return FaultPlan.default(record.seed, record.estate())


def plan_file(given: str | None, home: Path) -> Path | None:
    """Return the file that *given* names; a plan itself, which begins with `[`, is written to one beside *home*.

    :raises FaultFileBroken: if it begins like a plan and is none.
    """
    if given is None or not given.lstrip().startswith("["):
        return None if given is None else Path(given)
    FaultPlan.read(given.encode(), "what --faults says")
    digest = hashlib.sha256(given.encode()).hexdigest()[:12]
    file = home.with_name(f"{home.name}.faults-{digest}.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(given, encoding="utf-8")
    return file
