"""The list of what is modelled, held to what is installed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
from pathlib import Path

import msgspec
import pytest

from rehearsal.windows.catalogue import CATALOGUE
from rehearsal.windows.failures import NotModelled
from rehearsal.windows.modules import MODELLED
from rehearsal.windows.payload import Act
from rehearsal.windows.specification import COLLECTIONS, specification
from tests.rehearsal.windows.conftest import Server


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_versions_are_those_that_are_installed() -> None:
    """It should name the versions of the collections that setting up unpacks, and of ansible-core."""
    found = {
        name: msgspec.json.decode(COLLECTIONS.joinpath(*name.split("."), "MANIFEST.json").read_bytes())
        for name in CATALOGUE.listed.collections
    }
    versions = {name: manifest["collection_info"]["version"] for name, manifest in found.items()}
    assert versions == CATALOGUE.listed.collections
    assert CATALOGUE.ansible_core == importlib.metadata.version("ansible-core")


@pytest.mark.parametrize("module", sorted(CATALOGUE.modules))
def test_a_listed_module_is_the_installed_one(module: str) -> None:
    """It should list each module by the digest of its script, with options that it has."""
    collection, _, leaf = module.rpartition(".")
    script = COLLECTIONS.joinpath(*collection.split("."), "plugins", "modules", f"{leaf}.ps1")
    listed = CATALOGUE.modules[module]
    assert listed.sha256 == digest(script)
    assert set(listed.options) <= specification(module).options.keys()


def test_scripts_of_ansible_core_are_the_installed_ones() -> None:
    """It should list each of ansible-core's own scripts by its digest; one is sent without comments and indentation."""
    spec = importlib.util.find_spec("ansible")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "executor" / "powershell"
    scripts = {name: each for name, each in CATALOGUE.listed.scripts.items() if name.endswith(".ps1")}
    scripts.pop("bootstrap_wrapper.ps1")
    assert scripts == {name: digest(folder / name) for name in scripts}


def test_what_is_listed_is_modelled() -> None:
    """It should have a model for each module and script that is listed, and list each that has one."""
    wrappers = {"bootstrap_wrapper.ps1", "exec_wrapper.ps1", "module_wrapper.ps1"}
    assert MODELLED.keys() == CATALOGUE.modules.keys() | CATALOGUE.listed.scripts.keys() - wrappers


def test_a_module_of_another_version_is_not_taken() -> None:
    """It should refuse a module whose script is not the one that is modelled, and name the version."""
    with pytest.raises(NotModelled, match=r"win_ping of another ansible\.windows than 3\.8\.0"):
        CATALOGUE.check("ansible.windows.win_ping", "0" * 64)


def test_without_the_collections_it_says_what_to_do(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It should say which file is missing and what puts it there, where setting up was not finished."""
    specification.cache_clear()
    monkeypatch.setattr("rehearsal.windows.specification.COLLECTIONS", tmp_path)
    written = server.door.perform("X\\y", Act("ansible.windows.win_ping", {}))
    file = "ansible/windows/plugins/modules/win_ping.ps1"
    text = f"{file}, of Ansible's Windows collections, is missing; run `make setup`"
    assert (written.errors, written.code) == ((text,), 1)
    assert json.loads(written.lines[0]) == {"failed": True, "msg": text}
