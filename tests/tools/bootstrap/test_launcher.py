"""tools/setup, the launcher: which Python it finds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine

ROOT = Path(__file__).resolve().parents[3]
GOOD = f'exec {sys.executable} "$@"'
SHIM = "echo 'pyenv: python3.13: command not found' >&2; exit 127"
OLD = f'case "$1" in -c) exit 1 ;; esac; exec {sys.executable} "$@"'


@pytest.fixture
def launcher(machine: Machine) -> Path:
    folder = machine.places.root / "tools"
    shutil.copy(ROOT / "tools" / "setup", folder / "setup")
    (folder / "bootstrap").mkdir()
    (folder / "__init__.py").touch()
    (folder / "bootstrap" / "__main__.py").write_text("import os; print(os.environ['CHOSEN'])\n")
    return folder / "setup"


def run(machine: Machine, launcher: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = machine.environment | more
    return subprocess.run([launcher], env=environment, capture_output=True, text=True, check=False)


def chosen(machine: Machine, name: str, script: str, folder: Path | None = None) -> Path:
    return machine.program(name, f"export CHOSEN={name}; {script}", folder)


def test_python_3_13_is_preferred(machine: Machine, launcher: Path) -> None:
    """It should take 3.13 when several would do."""
    for name in ("python3", "python3.12", "python3.13", "python3.14"):
        chosen(machine, name, GOOD)
    assert run(machine, launcher).stdout == "python3.13\n"


def test_a_shim_that_fails_is_passed_over(machine: Machine, launcher: Path) -> None:
    """It should run a candidate before believing its name, and look where pyenv keeps its versions."""
    chosen(machine, "python3.13", SHIM)
    chosen(machine, "python3.12", GOOD)
    assert run(machine, launcher).stdout == "python3.12\n"
    chosen(machine, "python", GOOD, Path(machine.environment["PYENV_ROOT"]) / "versions" / "3.13.9" / "bin")
    assert run(machine, launcher).stdout == "python\n"


def test_the_projects_own_environment_is_not_a_candidate(machine: Machine, launcher: Path) -> None:
    """It should not build the environment with the environment's own Python, which Make puts first on PATH."""
    own = machine.places.root / ".venv" / "bin"
    chosen(machine, "python3.13", GOOD, own)
    chosen(machine, "python3.12", GOOD)
    assert run(machine, launcher, PATH=f"{own}:{machine.bin}").stdout == "python3.12\n"


def test_a_named_python_comes_first(machine: Machine, launcher: Path) -> None:
    """It should take the one that MAILWAVE_PYTHON names."""
    chosen(machine, "python3.13", GOOD)
    named = chosen(machine, "mine", GOOD)
    assert run(machine, launcher, MAILWAVE_PYTHON=str(named)).stdout == "mine\n"


def test_no_python_is_one_sentence(machine: Machine, launcher: Path) -> None:
    """It should say which versions do, where it looked and how to get one, and end with 20."""
    chosen(machine, "python3", OLD)
    done = run(machine, launcher)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (20, "", 1)
    assert "no Python 3.12, 3.13 or 3.14" in done.stderr
    assert "(PYTHON_MISSING, 20)" in done.stderr
