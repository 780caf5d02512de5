"""What is done about Kerberos on machines that have all, part or nothing of what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine
from tools.bootstrap import debian, kerberos

NEEDED = ("krb5kdc", "kadmin.local", "setpriv", "krb5-config", "gcc")


@pytest.fixture(autouse=True)
def project(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose uv notes how it was called, on a machine whose programs are only those that a test puts there."""
    root = machine.places.root
    (root / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (root / "uv.lock").write_text("locked\n")
    (root / "tools" / "uv.txt").write_text("uv==1\n")
    machine.program("uv", f"echo $* >> {root}/called", machine.places.uv_venv / "bin")
    which = kerberos.shutil.which
    here = str(machine.bin)
    monkeypatch.setattr(kerberos.shutil, "which", lambda name, path=None: which(name, path=here))
    return root


def _called(root: Path) -> str:
    called = root / "called"
    return called.read_text() if called.exists() else ""


def test_what_is_there_is_built(machine: Machine, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It should build the bindings where the headers and the realm's programs are, once."""
    for name in NEEDED:
        machine.program(name, "exit 0")
    assert not kerberos.ready(machine.places, machine.environment)
    kerberos.install(machine.places, machine.environment, root=False)
    assert "--extra kerberos" in _called(project)
    assert "unproved" not in capsys.readouterr().err
    assert kerberos.ready(machine.places, machine.environment)


def test_nothing_is_needed(machine: Machine, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It should go on without any of it, say so in one line, and try again only when something has come."""
    kerberos.install(machine.places, machine.environment, root=False)
    assert "" == _called(project)
    (line,) = capsys.readouterr().err.splitlines()
    assert "Kerberos stays unproved" in line
    assert "krb5kdc" in line
    assert kerberos.ready(machine.places, machine.environment)
    machine.program("gcc", "exit 0")
    assert not kerberos.ready(machine.places, machine.environment)


def test_root_on_debian_gets_the_packages(machine: Machine, project: Path) -> None:
    """It should install Debian's packages where it may, after a look at the archive when they are not known."""
    arrived = "; ".join(f"echo '#!{machine.bin}/sh' > {machine.bin / name}" for name in NEEDED)
    marks = "; ".join(f"{machine.bin}/chmod 755 {machine.bin / name}" for name in NEEDED)
    (machine.bin / "chmod").symlink_to("/bin/chmod")
    machine.program(
        "apt-get",
        f'echo apt-get $* >> {project}/called; case "$1" in update) touch {project}/updated ;; '
        f"*) [ -e {project}/updated ] || exit 100; {arrived}; {marks} ;; esac",
    )
    kerberos.install(machine.places, machine.environment, root=True)
    words = [line.split()[1] for line in _called(project).splitlines() if line.startswith("apt-get")]
    assert ["install", "update", "install"] == words
    assert "--extra kerberos" in _called(project)


def test_system_packages_can_be_refused(machine: Machine, project: Path) -> None:
    """It should leave the machine alone where it is told to, and for anybody but root."""
    machine.program("apt-get", f"echo apt-get >> {project}/called")
    kerberos.install(machine.places, {**machine.environment, debian.REFUSED: "no"}, root=True)
    kerberos.install(machine.places, machine.environment, root=False)
    assert "" == _called(project)


def test_a_failed_build_is_no_failure(
    machine: Machine, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It should go on when the bindings cannot be built, and not try that each time."""
    for name in NEEDED:
        machine.program(name, "exit 0")
    machine.program("uv", "echo no header; exit 1", machine.places.uv_venv / "bin")
    kerberos.install(machine.places, machine.environment, root=False)
    assert "could not be built" in capsys.readouterr().err
    assert kerberos.ready(machine.places, machine.environment)
