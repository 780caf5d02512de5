"""What is done about Chromium on machines that have it, may get it, or may not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine
from tools.bootstrap import browser, debian


@pytest.fixture
def called(machine: Machine, tmp_path: Path) -> Path:
    """A file in which apt-get notes how it was called; it installs what it is asked for."""
    staged = machine.program("staged", "exit 0", tmp_path)
    move = f"{shutil.which('mv')} {staged} {machine.bin / browser.PROGRAM}"
    machine.program("apt-get", f'echo "$*" >> {tmp_path}/called; {move}')
    return tmp_path / "called"


def test_root_on_debian_gets_it(machine: Machine, called: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It should install Debian's package, and be ready then."""
    assert not browser.ready(machine.environment)
    browser.install(machine.places, machine.environment, root=True)

    (line,) = called.read_text().splitlines()
    assert browser.PROGRAM == line.split()[-1]
    assert browser.ready(machine.environment)
    assert "will fail" not in capsys.readouterr().err


@pytest.mark.parametrize(("root", "refused"), [(False, ""), (True, "no")])
def test_who_may_not_install_is_told(
    machine: Machine,
    called: Path,
    capsys: pytest.CaptureFixture[str],
    root: bool,  # noqa: FBT001
    refused: str,
) -> None:
    """It should leave the machine alone, say in one line what is missing, and go on."""
    browser.install(machine.places, {**machine.environment, debian.REFUSED: refused}, root=root)

    assert not called.exists()
    (line,) = capsys.readouterr().err.splitlines()
    assert "apt-get install chromium" in line
