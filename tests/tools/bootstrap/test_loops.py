"""The planner's loops are compiled once, and again when they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine
from tools.bootstrap import loops
from tools.bootstrap.failures import PackagesUnavailable


@pytest.fixture
def source(machine: Machine) -> Path:
    file = machine.places.root / "scripts" / "mailwave" / "core" / "loops.py"
    file.parent.mkdir(parents=True)
    file.write_text("a loop")
    return file


def test_loops_are_compiled_until_they_change(machine: Machine, source: Path) -> None:
    """It should compile once by the project's own Python, and again after a change of a loop."""
    machine.program("python", 'echo "$@" > compiled', machine.places.venv / "bin")
    before = loops.ready(machine.places)
    loops.install(machine.places, machine.environment)
    after = loops.ready(machine.places)
    source.write_text("another loop")

    assert (False, True, False) == (before, after, loops.ready(machine.places))
    assert "-m mailwave.prepare\n" == (machine.places.root / "compiled").read_text()


@pytest.mark.usefixtures("source")
def test_a_loop_that_cannot_be_compiled_is_one_sentence(machine: Machine) -> None:
    """It should say what was not compiled and how to look, and try again the next time."""
    machine.program("python", "echo TypingError >&2; exit 1", machine.places.venv / "bin")

    with pytest.raises(
        PackagesUnavailable, match=r"could not be compiled; .* -m mailwave\.prepare"
    ) as caught:
        loops.install(machine.places, machine.environment)

    assert ("TypingError", False) == (caught.value.detail, loops.ready(machine.places))
