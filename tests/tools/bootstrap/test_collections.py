"""Ansible's Windows collections, unpacked from the wheel that pip fetched."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.tools.bootstrap.conftest import Machine
from tools.bootstrap import collections
from tools.bootstrap.failures import PackagesUnavailable


@pytest.fixture
def pins(machine: Machine) -> Path:
    file = machine.places.root / "tools" / "collections.txt"
    file.write_text("ansible==1\n")
    return file


@pytest.fixture
def wheel(machine: Machine, tmp_path: Path, pins: Path) -> Path:
    """A wheel that pip of the private environment will fetch."""
    wheel = tmp_path / "ansible-1.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in ("ansible/windows", "ansible/posix", "community/windows", "microsoft/ad"):
            archive.writestr(f"ansible_collections/{name}/README.md", name)
    script = f'for last; do :; done\ncat {wheel} > "$last/ansible-1.whl"'
    machine.program("python", script, machine.places.uv_venv / "bin")
    return wheel


@pytest.mark.usefixtures("wheel")
def test_only_the_wanted_collections_are_unpacked(machine: Machine) -> None:
    """It should unpack the three collections and no other, once."""
    assert not collections.ready(machine.places)
    collections.install(machine.places, machine.environment)
    assert collections.ready(machine.places)
    folder = machine.places.collections / "ansible_collections"
    found = sorted(str(path.parent.relative_to(folder)) for path in folder.rglob("README.md"))
    assert found == ["ansible/windows", "community/windows", "microsoft/ad"]
    assert [path.name for path in machine.places.cache.iterdir() if path.name.startswith(".coll")] == []


@pytest.mark.usefixtures("wheel")
def test_another_pin_is_unpacked_anew(machine: Machine, pins: Path) -> None:
    """It should take another wheel where another is pinned."""
    collections.install(machine.places, machine.environment)
    pins.write_text("ansible==2\n")
    assert not collections.ready(machine.places)


@pytest.mark.usefixtures("pins")
@pytest.mark.parametrize("script", ["echo no route to index; exit 1", "exit 0"])
def test_a_wheel_that_cannot_be_had_is_one_sentence(machine: Machine, script: str) -> None:
    """It should say what is missing, whether pip fails or brings nothing, and leave nothing behind."""
    machine.program("python", script, machine.places.uv_venv / "bin")
    with pytest.raises(PackagesUnavailable, match="could not be had from PyPI"):
        collections.install(machine.places, machine.environment)
    assert not machine.places.collections.exists()
