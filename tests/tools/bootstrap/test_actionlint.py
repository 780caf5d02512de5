"""Tests of how actionlint comes to a machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine
from tools.bootstrap import actionlint

GO = """case "$1" in
version) echo go version go1.26.0 linux/amd64 ;;
env) echo local ;;
build) while [ "$1" != -o ]; do shift; done; echo built >> "$HOME/builds"
       echo '#!/bin/sh' > "$2"; env chmod 755 "$2" ;;
esac"""


@pytest.fixture
def module(machine: Machine) -> Path:
    """The module from which it is built."""
    folder = machine.places.actionlint_module
    folder.mkdir(parents=True)
    (folder / "go.mod").write_text("module m\n\ngo 1.25.0\n")
    (folder / "go.sum").write_text("sums\n")
    return folder


def builds(machine: Machine) -> int:
    """How often it was built."""
    file = machine.places.caches.parent / "builds"
    return len(file.read_text().splitlines()) if file.exists() else 0


@pytest.mark.usefixtures("module")
def test_it_is_built_once_and_kept_outside_the_tree(machine: Machine) -> None:
    """It should be built with Go, linked into the project, and taken from the cache by the next clone."""
    machine.program("go", GO)
    machine.program("chmod", 'exec /bin/chmod "$@"')
    assert not actionlint.ready(machine.places)
    actionlint.install(machine.places, machine.environment)
    assert actionlint.ready(machine.places)
    machine.places.actionlint.unlink()
    assert not actionlint.ready(machine.places)
    actionlint.install(machine.places, machine.environment)
    assert (True, 1) == (actionlint.ready(machine.places), builds(machine))


def test_another_module_is_another_program(machine: Machine, module: Path) -> None:
    """It should be built again where the module asks for another version."""
    machine.program("go", GO)
    machine.program("chmod", 'exec /bin/chmod "$@"')
    actionlint.install(machine.places, machine.environment)
    (module / "go.sum").write_text("other sums\n")
    assert not actionlint.ready(machine.places)
    actionlint.install(machine.places, machine.environment)
    assert (True, 2) == (actionlint.ready(machine.places), builds(machine))


@pytest.mark.usefixtures("module")
def test_without_go_it_is_left_out(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    """It should say in one line that it is left out, and let setting up go on."""
    actionlint.install(machine.places, machine.environment)
    assert not actionlint.ready(machine.places)
    assert "setup: make lint leaves out actionlint: no Go 1.25.0 or newer is installed to build it\n" == (
        capsys.readouterr().err
    )
