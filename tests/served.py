"""The rehearsal's estate, served by a process of its own for as long as a test needs it."""

from __future__ import annotations

import gc
import json
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rehearsal.server import await_listening

ROOT = Path(__file__).parents[1]
STOP_SECONDS = 60


@contextmanager
def served(
    home: Path,
    faults: Sequence[dict[str, Any]] = (),
    environment: str = "rehearsal",
    *,
    size: str = "small",
) -> Iterator[Path]:
    """Serve an estate of *environment*, kept in *home*, with just those *faults*; yield its endpoints file."""
    plan = home / "faults.json"
    plan.write_text(json.dumps(list(faults)), encoding="utf-8")
    options = {"--home": home, "--seed": 7, "--size": size, "--faults": plan, "--environment": environment}
    words = [str(word) for option in options.items() for word in option]
    command = [sys.executable, "-m", "rehearsal", "serve", "--lifeline", *words]
    print("serving", shlex.join(words), json.dumps(list(faults)))  # pytest shows it when the test fails
    endpoints, words_of_server = home / "endpoints.json", home / "server.log"
    endpoints.unlink(missing_ok=True)
    with words_of_server.open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log)
    assert server.stdin
    try:
        await_listening(server, endpoints, words_of_server)
        with _realm_of(home):
            yield endpoints
    finally:
        server.stdin.close()
        server.wait(timeout=STOP_SECONDS)
        print(words_of_server.read_text(encoding="utf-8", errors="replace"))


@contextmanager
def _realm_of(home: Path) -> Iterator[None]:
    """Have Kerberos find the realm of the rehearsal in *home*, as the environment that it writes does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KRB5_CONFIG", str(home / "kerberos" / "krb5.conf"))
        yield


def refused_connections_are_dropped() -> None:
    """Collect what a refused Kerberos sign-in leaves: pypsrp does not close the connection on which it failed."""
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()
