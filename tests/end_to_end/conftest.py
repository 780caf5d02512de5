"""The three real stacks on a simulated tenant, and a cloud that can end whoever writes to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal import server
from rehearsal.home import Asked, Home
from tests import engine
from tests.end_to_end.crashing import Crashing
from tests.end_to_end.journey import SIZE
from tests.end_to_end.operator import Operator


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """The folder of a rehearsal."""
    engine.needed()
    with Home.held(tmp_path / "rehearsal") as held:
        yield held


@pytest.fixture
def operator(home: Home) -> Iterator[Operator]:
    """An operator of the whole simulated tenant, with nothing deployed and no faults."""
    faults = home.path.parent / "faults.json"
    faults.write_text("[]", encoding="ascii")
    record = home.begin(Asked(faults=faults, size=SIZE))
    with server.serving(home, record, None) as running:
        yield Operator(running.environment)


@pytest.fixture
def crashing(home: Home) -> Iterator[Crashing]:
    """An operator on a cloud that can end it in the middle of a write."""
    found = Crashing.prepare(home)
    yield found
    found.close()
