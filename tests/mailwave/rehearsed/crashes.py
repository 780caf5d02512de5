"""One crash: a campaign killed at one boundary, run again to its end, and judged."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mailwave.adapters.durable import Dbos, Scratch
from mailwave.adapters.durable_memory import in_memory
from mailwave.ports.durable import Durably
from tests.mailwave.rehearsed.boundary import Boundary, Killed
from tests.mailwave.rehearsed.invariants import end_state, problems
from tests.mailwave.rehearsed.operator import Operator
from tests.mailwave.rehearsed.services import SEED, Services


@cache
def clean_run() -> tuple[dict[str, Any], int]:
    """The end of a run that nobody kills, and how many boundaries it has."""
    with TemporaryDirectory() as folder:
        operator = Operator(Services(), Path(folder))
        operator.everything()
        boundaries = operator.boundary.passed
        return end_state(operator), boundaries


def crash(folder: Path, n: int, *, remembers: bool = True) -> str | None:
    """Kill a campaign at boundary *n*, run it again, and say where it was killed; None when it ended before *n*.

    *remembers*: the durable engine has its tables afterwards; else they are lost with the process.

    Raises AssertionError with *n*, the seed and what is wrong.
    """
    services = Services()
    durably: Durably = Dbos(Scratch(f"sqlite:///{folder / 'durable.db'}")) if remembers else in_memory
    killed = Operator(services, folder, Boundary(n), durably=durably)
    try:
        killed.everything()
    except Killed as death:
        where = death.where
    else:
        return None
    again = Operator(services, folder, durably=durably)
    told = f"seed {SEED}, faults {services.faults.json}, killed at boundary {n} ({where})"
    try:
        again.everything()
    except Exception as error:
        error.add_note(told)
        raise
    assert [] == problems(again), told
    clean, _ = clean_run()
    ended = end_state(again)
    assert clean == ended, f"{told}: another end: {[key for key in clean if clean[key] != ended[key]]}"
    return where
