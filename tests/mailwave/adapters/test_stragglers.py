"""Whatever carries a play's mark is gone, and nobody else."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from mailwave.adapters.stragglers import end_stragglers

NAME = "MAILWAVE_TEST"
BREEDS = "while :; do sleep 300 & done"
"""It starts processes faster than a look at all of them takes."""


def carrying(mark: str) -> list[str]:
    """The processes with *mark* in their environment."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark.encode() in environment.read_bytes().split(b"\0"):
                found.append(environment.parent.name)
    return found


@pytest.mark.crash
def test_processes_that_are_started_meanwhile() -> None:
    """It should end those too that are started while it looks."""
    mark = f"{NAME}=stragglers"
    other = subprocess.Popen(["sleep", "300"], env={NAME: "stragglers2"})
    breeder = subprocess.Popen(["bash", "-c", BREEDS], env={NAME: "stragglers"})
    try:
        while len(carrying(mark)) < 20:
            pass
        end_stragglers(mark)
        assert (carrying(mark), other.poll()) == ([], None)
    finally:
        for each in (breeder, other):
            each.kill()
            each.wait()
