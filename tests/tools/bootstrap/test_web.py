"""What pages are dressed with: installed once, whole or not at all, and by digest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine
from tools.bootstrap import debian, web

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def called(machine: Machine, tmp_path: Path) -> Path:
    """A file in which npm notes how it was called; it is there when apt-get has installed it."""
    shutil.copytree(ROOT / "tools" / "web", machine.places.web_lock, dirs_exist_ok=True)
    staged = machine.program("staged", f'echo "$*" >> {tmp_path}/npm', tmp_path)
    move = f"{shutil.which('mv')} {staged} {machine.bin / web.PROGRAM}"
    machine.program("apt-get", f'echo "$*" >> {tmp_path}/apt; {move}')
    return tmp_path / "npm"


def test_it_is_installed_once(machine: Machine, called: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It should get npm where that is missing, run no package's script, and be ready until the lock changes."""
    assert not web.ready(machine.places)
    web.install(machine.places, machine.environment, root=True)

    assert ["ci --ignore-scripts --no-audit --no-fund --omit=optional"] == called.read_text().splitlines()
    assert web.ready(machine.places)
    assert "will fail" not in capsys.readouterr().err
    (machine.places.web_lock / "package-lock.json").write_text("{}")
    assert not web.ready(machine.places)


def test_a_failure_is_told(machine: Machine, called: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It should say in one line that npm failed or is missing, leave the machine alone if so told, and go on."""
    web.install(machine.places, {**machine.environment, debian.REFUSED: "no"}, root=True)
    machine.program(web.PROGRAM, "echo no such digest >&2; exit 1")
    web.install(machine.places, machine.environment, root=True)

    missing, failed = (line for line in capsys.readouterr().err.splitlines() if "will fail" in line)
    assert "apt-get install npm" in missing
    assert "no such digest" in failed
    assert not called.exists()
    assert not web.ready(machine.places)


def test_every_package_is_held_to_a_digest() -> None:
    """It should name each package exactly, with its digest, and the host of no mirror."""
    lock = (ROOT / "tools" / "web" / "package-lock.json").read_text()
    asked = json.loads((ROOT / "tools" / "web" / "package.json").read_text())["dependencies"]
    held = {
        path.removeprefix("node_modules/"): each
        for path, each in json.loads(lock)["packages"].items()
        if path
    }
    assert asked == {name: each["version"] for name, each in held.items()}
    assert all(each["integrity"].startswith("sha512-") for each in held.values())
    assert "resolved" not in lock
