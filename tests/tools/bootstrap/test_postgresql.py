"""What is done about PostgreSQL on machines that have it, may get it, or may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine
from tools.bootstrap import debian, postgresql


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where this machine's Debian keeps servers."""
    return tmp_path / "servers"


@pytest.fixture
def called(machine: Machine, folder: Path, tmp_path: Path) -> Path:
    """A file in which apt-get notes how it was called; installing the server brings it."""
    programs = folder / "15" / "bin"
    machine.program(
        "apt-get",
        f'echo "$*" >> {tmp_path}/called; case "$*" in *{postgresql.COMMON}) mkdir -p {tmp_path}/etc ;; '
        f"*{postgresql.SERVER}) cat {tmp_path}/etc/wanted/mailwave.conf >> {tmp_path}/called; "
        f"mkdir -p {programs}; touch {programs}/initdb ;; esac",
    )
    return tmp_path / "called"


def install(machine: Machine, folder: Path, *, root: bool, **environment: str) -> None:
    settings = folder.with_name("etc") / "wanted" / "mailwave.conf"
    postgresql.install(
        machine.places, {**machine.environment, **environment}, root=root, folder=folder, settings=settings
    )


def test_root_on_debian_gets_the_server(
    machine: Machine, folder: Path, called: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should install Debian's server, after having told Debian not to make a database of its own."""
    assert not postgresql.ready(machine.environment, folder)
    install(machine, folder, root=True)

    common, server, told = called.read_text().splitlines()
    assert [postgresql.COMMON, postgresql.SERVER] == [common.split()[-1], server.split()[-1]]
    assert "create_main_cluster = false" == told
    assert postgresql.ready(machine.environment, folder)
    assert "will fail" not in capsys.readouterr().err


@pytest.mark.parametrize(("root", "refused"), [(False, ""), (True, "no")])
def test_who_may_not_install_is_told(
    machine: Machine,
    folder: Path,
    called: Path,
    capsys: pytest.CaptureFixture[str],
    root: bool,  # noqa: FBT001
    refused: str,
) -> None:
    """It should leave the machine alone, say in one line what is missing, and go on."""
    install(machine, folder, root=root, **{debian.REFUSED: refused})

    assert not called.exists()
    (line,) = capsys.readouterr().err.splitlines()
    assert "apt-get install postgresql" in line


def test_programs_on_the_path_will_do(machine: Machine, folder: Path) -> None:
    """It should take a server that is on PATH, as on other systems than Debian."""
    machine.program("initdb", "exit 0")
    assert postgresql.ready(machine.environment, folder)
