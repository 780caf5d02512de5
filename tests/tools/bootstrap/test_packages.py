"""When the virtual environment is out of date, and what a failing tool leads to."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine
from tools.bootstrap import packages
from tools.bootstrap.failures import PackagesUnavailable
from tools.bootstrap.progress import Step, ToolFailed, run

PROJECT = '[project]\nname = "x"\ndependencies = ["a"]\n\n[tool.ruff]\nline-length = 100\n'


@pytest.fixture
def project(machine: Machine) -> Path:
    root = machine.places.root
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "uv.lock").write_text("locked\n")
    (root / "tools" / "uv.txt").write_text("uv==1\n")
    uv = machine.places.uv_venv
    machine.program("uv", f"mkdir -p {root}/.venv/bin; touch {root}/.venv/bin/python", uv / "bin")
    (uv / ".mailwave").write_text("uv==1\n")
    return root


@pytest.mark.usefixtures("project")
def test_what_was_installed_is_ready(machine: Machine) -> None:
    """It should be ready after installing, and not before."""
    before = packages.ready(machine.places)
    packages.install(machine.places, machine.environment)
    assert (before, packages.ready(machine.places)) == (False, True)


@pytest.mark.parametrize(
    ("name", "text", "still"),
    [
        ("uv.lock", "locked anew\n", False),
        ("pyproject.toml", PROJECT.replace('"a"', '"b"'), False),
        ("pyproject.toml", PROJECT.replace("100", "110"), True),
    ],
)
def test_only_what_decides_the_packages_counts(
    machine: Machine, project: Path, name: str, text: str, *, still: bool
) -> None:
    """It should install again for another lock or another dependency, and not for another line length."""
    packages.install(machine.places, machine.environment)
    (project / name).write_text(text)
    assert packages.ready(machine.places) is still


@pytest.mark.usefixtures("project")
def test_packages_that_cannot_be_had_are_one_sentence(machine: Machine) -> None:
    """It should say what is missing, keep uv's last words apart, and not call the environment ready."""
    machine.program("uv", "echo no route to index; exit 2", machine.places.uv_venv / "bin")
    with pytest.raises(PackagesUnavailable) as caught:
        packages.install(machine.places, machine.environment)
    assert (caught.value.detail, packages.ready(machine.places)) == ("no route to index", False)
    assert str(caught.value).endswith("(PACKAGES_UNAVAILABLE, 22)")


def test_a_program_that_takes_too_long_is_ended_with_its_children(machine: Machine, tmp_path: Path) -> None:
    """It should end the program and what it started, so that no pipe stays open."""
    slow = machine.program("slow", "/bin/sleep 60 & /bin/sleep 60", tmp_path)
    with pytest.raises(ToolFailed) as caught:
        run([slow], folder=tmp_path, environment=machine.environment, seconds=0.2)
    assert caught.value.code == -9


def test_progress_off_a_terminal_is_sparse() -> None:
    """It should repeat itself at most every 15 seconds where lines cannot be rewritten."""
    out = io.StringIO()
    ticks = itertools.count(0, 4)
    with Step("building", out=out, now=lambda: float(next(ticks))) as step:
        for number in range(8):
            step.tell(f"{number} packages")
    assert out.getvalue().splitlines() == [
        "setup: building ...",
        "setup: 3 packages (16 s)",
        "setup: 7 packages (32 s)",
        "setup: building: done in 36 s",
    ]
