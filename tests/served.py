"""The rehearsal's estate, served by a process of its own for as long as a test needs it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECONDS = 30


@contextmanager
def served(home: Path, faults: Sequence[dict[str, Any]] = ()) -> Iterator[Path]:
    """Serve an estate kept in *home* with just those *faults*; the value is its endpoints file."""
    plan = home / "faults.json"
    plan.write_text(json.dumps(list(faults)), encoding="utf-8")
    options = ["--home", str(home), "--seed", "7", "--lifeline", "--faults", str(plan)]
    command = [sys.executable, "-m", "rehearsal", "serve", *options]
    server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    assert server.stdin
    try:
        yield _listening(server, home / "endpoints.json")
    finally:
        server.stdin.close()
        server.wait(timeout=SECONDS)


def _listening(server: subprocess.Popen[bytes], endpoints: Path) -> Path:
    deadline = time.monotonic() + SECONDS
    while not endpoints.exists():
        assert server.poll() is None, "the rehearsal did not start"
        assert time.monotonic() < deadline, "the rehearsal did not listen in time"
        time.sleep(0.02)
    return endpoints
