"""`make prove`, or `python -m tools.prove [NAME ...]`: loops too long for each commit, in parts that can be resumed.

A proof covers source files. Its parts run one by one, and after each the record in docs/proof/ is written: an
interrupted proof goes on where it stopped. When a covered file changes, the record is stale, a test says so, and the
proof begins again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "docs" / "proof"
_PASSED = re.compile(r"\b(\d+) passed\b")


@dataclass(frozen=True)
class Proof:
    """A claim, the sources it is about, and the test files that are its parts (both as patterns from the root).

    A file that takes hours is one part for each of its *slices*, so that it can be resumed; it learns which slice it is
    by CRASH_SLICE (`k/m`). A test that takes longer than *seconds* has failed.
    """

    name: str
    claim: str
    covers: tuple[str, ...]
    parts: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    slices: int = 1
    seconds: int = 3_600

    def digest(self, root: Path = ROOT) -> str:
        """sha256 over the paths and contents of what is covered and of the parts."""
        found = hashlib.sha256()
        for path in sorted(_matching(root, (*self.covers, *self.parts))):
            found.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
        return found.hexdigest()

    def files(self, root: Path = ROOT) -> list[str]:
        """The parts, as paths from the root."""
        return sorted(str(path.relative_to(root)) for path in _matching(root, self.parts))

    def steps(self, root: Path = ROOT) -> list[tuple[str, str, dict[str, str]]]:
        """What is run one by one: the part's name in the record, its file, and its environment."""
        if self.slices == 1:
            return [(file, file, self.environment) for file in self.files(root)]
        return [
            (f"{file} {k}/{self.slices}", file, {**self.environment, "CRASH_SLICE": f"{k}/{self.slices}"})
            for file in self.files(root)
            for k in range(self.slices)
        ]


_REHEARSED = tuple(
    f"tests/mailwave/rehearsed/{name}.py"
    for name in ("boundary", "forked", "invariants", "operator", "services", "smallest")
)
"""What a wave is run in: the rehearsed services, the operator, and what is held after each kill."""

_CHANGE = tuple(
    f"scripts/mailwave/core/change/{name}.py"
    for name in (
        "__init__",
        "costs",
        "dangers",
        "evidence",
        "meters",
        "radius",
        "report",
        "risks",
        "steps",
    )
)
"""What a change is made of, but for the table of risk classes, which no update reads."""

PROOFS = (
    Proof(
        name="core-properties",
        claim="every property of the pure core holds for 2,000 examples where a commit tries 100",
        covers=("scripts/mailwave/core/*.py", "scripts/mailwave/core/discovery/*.py"),
        parts=("tests/mailwave/core/test_*.py", "tests/mailwave/core/discovery/test_*.py"),
        environment={"HYPOTHESIS_PROFILE": "prove"},
    ),
    Proof(
        name="delegate-cut",
        claim="the price of the cut is the least there is on every graph of up to seven nodes, and on 180 drawn ones",
        covers=(
            "scripts/mailwave/core/delegates/*.py",
            "scripts/mailwave/core/labels.py",
            "scripts/mailwave/core/runs.py",
        ),
        parts=("tests/mailwave/core/delegates/test_every_graph.py",),
        environment={"GRAPH_STEP": "1"},
    ),
    Proof(
        name="placement",
        claim="no limit, calendar, notice or promise is broken by 2,000 plans and replans where a commit tries 100",
        covers=(
            "scripts/mailwave/core/placement/*.py",
            "scripts/mailwave/core/delegates/*.py",
            "scripts/mailwave/core/labels.py",
            "scripts/mailwave/core/planning.py",
            "scripts/mailwave/core/population.py",
        ),
        parts=("tests/mailwave/core/test_planning_laws.py",),
        environment={"HYPOTHESIS_PROFILE": "prove"},
    ),
    Proof(
        name="crash-loop",
        claim="a wave killed after any one of its effects, and run again, ends like one that nobody killed",
        covers=(
            "scripts/mailwave/core/*.py",
            "scripts/mailwave/core/governor/*.py",
            "scripts/mailwave/adapters/durable*.py",
            "scripts/mailwave/adapters/ledger*.py",
            "scripts/mailwave/adapters/notify.py",
            "scripts/mailwave/adapters/target.py",
            "scripts/mailwave/runbooks/*.py",
            "scripts/mailwave/runbooks/wave/*.py",
            *_REHEARSED,
        ),
        parts=("tests/mailwave/runbooks/test_crash_loop.py",),
        slices=8,
    ),
    Proof(
        name="wave-histories",
        claim="no order of kills, partitions, lost answers, leavers and holds loses or doubles anything in a wave",
        covers=(
            "scripts/mailwave/core/*.py",
            "scripts/mailwave/adapters/ledger*.py",
            "scripts/mailwave/adapters/target.py",
            "scripts/mailwave/runbooks/wave/*.py",
            *_REHEARSED,
            "tests/mailwave/rehearsed/histories.py",
            "tests/mailwave/rehearsed/recording.py",
        ),
        parts=("tests/mailwave/runbooks/test_wave_stateful.py",),
        environment={"HYPOTHESIS_PROFILE": "prove"},
    ),
    Proof(
        name="workers",
        claim="an evening of 22,000 ends as drawn by two workers whose PostgreSQL is killed every few seconds",
        covers=(
            "scripts/mailwave/core/*.py",
            "scripts/mailwave/adapters/durable*.py",
            "scripts/mailwave/adapters/ledger*.py",
            "scripts/mailwave/runbooks/wave/*.py",
            "bench/evening/*.py",
            "rehearsal/postgresql.py",
        ),
        parts=("tests/end_to_end/test_evening_of_workers.py",),
        environment={"EVENING": "200x110", "KILLS": "100000"},
        seconds=14_400,
    ),
    Proof(
        name="durable-engine",
        claim="a process that is killed at any durable boundary of the engine goes on, and repeats at most one step",
        covers=(
            "scripts/mailwave/adapters/durable*.py",
            "scripts/mailwave/adapters/ledger_workers.py",
            "scripts/mailwave/core/courses.py",
            "scripts/mailwave/ports/durable.py",
        ),
        parts=("tests/mailwave/adapters/test_durable_killed.py",),
        environment={"KILL_STEP": "1"},
    ),
    Proof(
        name="live-ledger",
        claim="acts of two operators that die in any statement, and polls killed by SIGKILL, are whole or not there",
        covers=(
            "scripts/mailwave/core/amendments.py",
            "scripts/mailwave/core/progress.py",
            "scripts/mailwave/core/states.py",
            "scripts/mailwave/adapters/ledger*.py",
        ),
        parts=(
            "tests/mailwave/adapters/test_ledger_killed.py",
            "tests/mailwave/adapters/test_ledger_live_stateful.py",
        ),
        environment={"HYPOTHESIS_PROFILE": "prove", "KILLS": "200"},
    ),
    Proof(
        name="notices",
        claim="an evening of 22,000 people told twice, killed again and again, ends with exactly one notice each",
        covers=(
            "scripts/mailwave/core/notice*.py",
            "scripts/mailwave/runbooks/wave/notices.py",
            "scripts/mailwave/runbooks/wave/pacing.py",
            "scripts/mailwave/runbooks/wave/readers.py",
            "scripts/mailwave/runbooks/read_back_notices.py",
            "scripts/mailwave/adapters/ledger_notices.py",
            "scripts/mailwave/adapters/ledger_telling.py",
            "scripts/mailwave/adapters/notify.py",
        ),
        parts=("tests/mailwave/runbooks/test_notices_killed.py",),
        environment={"NOTICES_PEOPLE": "22000", "NOTICES_GAP": "1999", "NOTICES_STEP": "4"},
    ),
    Proof(
        name="stack-crashes",
        claim="an update of a stack killed at any write, and run again, makes nothing twice and leaves no difference",
        covers=(
            "scripts/mailwave/core/pending.py",
            "scripts/mailwave/adapters/engine*.py",
            "scripts/mailwave/runbooks/provision.py",
            "infra/**/*.py",
            "tests/end_to_end/crashing.py",
        ),
        parts=("tests/end_to_end/test_stack_crashes.py",),
        environment={"CRASHES": "10"},
        slices=10,
    ),
    Proof(
        name="change-crashes",
        claim="an approved change killed at each write of its update, one by one, and made again, is made once",
        covers=(
            "scripts/change_control/*.py",
            *_CHANGE,
            "scripts/mailwave/adapters/engine*.py",
            "scripts/mailwave/adapters/claims.py",
            "scripts/mailwave/adapters/written_once.py",
            "scripts/mailwave/runbooks/apply_change.py",
            "scripts/mailwave/runbooks/hold_changes.py",
            "tests/end_to_end/crashing.py",
        ),
        parts=("tests/end_to_end/test_change_crashes.py",),
        environment={"CHANGE_CRASHES": "all"},
        slices=9,
    ),
    Proof(
        name="play-crashes",
        claim="a rolling play killed at any task, in any of its processes, goes on and leaves no server in maintenance",
        covers=(
            "scripts/mailwave/core/resuming.py",
            "scripts/mailwave/adapters/ansible*.py",
            "scripts/mailwave/adapters/play_lock.py",
            "scripts/mailwave/adapters/stragglers.py",
            "scripts/mailwave/runbooks/site_plays.py",
            "tests/mailwave/runbooks/rolling.py",
        ),
        parts=("tests/mailwave/runbooks/test_killed_plays.py",),
        environment={"KILL_STEP": "1"},
    ),
    Proof(
        name="environments",
        claim="the twelve stacks come up on their own tenants, show no difference then, and take nothing of another",
        covers=(
            "environments/*.yaml",
            "rehearsal/environments.yaml",
            "infra/**/*.py",
        ),
        parts=("tests/end_to_end/test_environments.py",),
        environment={"ENVIRONMENTS": "dev,pilot,production,rehearsal"},
    ),
    Proof(
        name="site-reading",
        claim="a site of 100,000 mailboxes is discovered, each row once, with lost shells, 429, 504 and kill -9",
        covers=(
            "scripts/exchange_admin/onpremises.py",
            "scripts/exchange_admin/psrp*.py",
            "scripts/mailwave/adapters/source*.py",
            "scripts/mailwave/adapters/discovery_store.py",
            "scripts/mailwave/core/discovery/fold.py",
            "scripts/mailwave/core/discovery/readings.py",
            "scripts/mailwave/core/discovery/tables.py",
            "scripts/mailwave/runbooks/discover_estate.py",
            "rehearsal/site/remoting.py",
            "rehearsal/site/shells.py",
            "tests/mailwave/adapters/reading.py",
        ),
        parts=("tests/mailwave/adapters/test_source_resumed.py",),
        environment={"SITE_MAILBOXES": "100000"},
        seconds=14_400,
    ),
)


def record_of(proof: Proof, folder: Path = RECORDS) -> dict[str, Any]:
    """What has been proved of the present sources: the record on disk, or an empty one when it is stale or absent."""
    empty = {"name": proof.name, "claim": proof.claim, "digest": proof.digest(), "count": 0, "parts": {}}
    path = folder / f"{proof.name}.json"
    if not path.exists():
        return empty
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record if record["digest"] == empty["digest"] else empty


def prove(proof: Proof) -> bool:
    """Run the parts that are not recorded yet; False at the first that fails."""
    record = record_of(proof)
    for part, file, environment in proof.steps():
        if part in record["parts"]:
            print(f"{proof.name}: {part}: proved before")
            continue
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", f"--timeout={proof.seconds}", file],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"{done.stdout}\n{proof.name}: {part}: FAILED")
            return False
        found = _PASSED.search(done.stdout)
        record["parts"][part] = {
            "tests": int(found[1]) if found else 0,
            "seconds": round(time.monotonic() - began, 1),
        }
        record["count"] = sum(entry["tests"] for entry in record["parts"].values())
        record["commit"] = _commit()
        _write(proof, record)
        print(
            f"{proof.name}: {part}: {record['parts'][part]['tests']} tests in {time.monotonic() - began:.0f} s"
        )
    return True


def _write(proof: Proof, record: dict[str, Any]) -> None:
    RECORDS.mkdir(parents=True, exist_ok=True)
    new = RECORDS / f".{proof.name}.new"
    new.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    new.rename(RECORDS / f"{proof.name}.json")


def _commit() -> str:
    """The commit proved, with a plus sign when files differ from it."""
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


def _matching(root: Path, patterns: Iterable[str]) -> set[Path]:
    return {path for pattern in patterns for path in root.glob(pattern)}


def main(names: Sequence[str]) -> int:
    """Prove what *names* say, everything without any; 1 when something does not hold, 2 for a name that is none."""
    if unknown := set(names) - {proof.name for proof in PROOFS}:
        print(
            f"no proofs: {', '.join(sorted(unknown))}; there are {', '.join(proof.name for proof in PROOFS)}"
        )
        return 2
    failed = [proof.name for proof in PROOFS if (not names or proof.name in names) and not prove(proof)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
