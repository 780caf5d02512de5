"""The servers' Windows in the whole world: one state with the cmdlets, and back after a kill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.credentials import SITE_USER, Credentials
from rehearsal.estate import generate
from rehearsal.services import services
from rehearsal.site.machine import RegistryValue
from rehearsal.windows.payload import Act
from rehearsal.world import World


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[list[World]]:
    """Two lives of one world: the second is built when it is asked for, from what the first wrote down."""
    built: list[World] = []
    yield built
    for world in built:
        world.log.close()


def build(folder: Path) -> World:
    secrets = Credentials.in_folder(folder / "credentials")
    return World(generate(7), home=folder, fault_file=None, secrets=secrets)


def regedit(world: World, server: str, *, check: bool = False) -> dict[str, object]:
    arguments = {"path": "HKLM:\\SOFTWARE\\Made", "name": "V", "data": 1, "type": "dword"}
    act = Act("ansible.windows.win_regedit", arguments | {"_ansible_check_mode": check})
    return dict(json.loads(world.door(server).perform(SITE_USER, act).lines[0]))


def test_a_killed_rehearsal_has_its_servers_back(tmp_path: Path, worlds: list[World]) -> None:
    """It should rebuild from the log what modules and transfers did, and nothing that check mode only said."""
    worlds.append(build(tmp_path))
    regedit(worlds[0], "EX01")
    regedit(worlds[0], "EX02", check=True)
    put = Act("psrp_put_file.ps1", {"Path": "C:\\ProgramData\\f"}, b"\x00\xff")
    worlds[0].door("EX01").perform(SITE_USER, put)
    worlds[0].log.close()

    worlds.append(build(tmp_path))

    first = worlds[1].windows.machines["EX01"]
    assert first.registry.value("HKLM\\SOFTWARE\\Made", "V") == RegistryValue(1)
    assert first.files["C:\\ProgramData\\f"].content == b"\x00\xff"
    assert worlds[1].windows.machines["EX02"].registry.key("HKLM\\SOFTWARE\\Made") is None
    assert regedit(worlds[1], "EX01")["changed"] is False


def test_cmdlets_see_the_same_servers(tmp_path: Path, worlds: list[World]) -> None:
    """It should change the state that the site's cmdlets look at."""
    worlds.append(build(tmp_path))
    regedit(worlds[0], "EX01")
    seen = worlds[0].sites["leeds"].machines["EX01"].registry.value("HKLM\\SOFTWARE\\Made", "V")
    assert seen == RegistryValue(1)


def test_a_refused_call_is_not_written_down(tmp_path: Path, worlds: list[World]) -> None:
    """It should write nothing down that has no effect: a refused argument may be a secret in the wrong place."""
    worlds.append(build(tmp_path))
    act = Act("ansible.windows.win_service", {"name": "W3SVC", "password": "hidden", "username": "x"})
    worlds[0].door("EX01").perform(SITE_USER, act)
    assert (tmp_path / "commands.jsonl").read_bytes() == b""


def test_each_server_listens_under_its_name_and_its_address() -> None:
    """It should serve each server by its full name at WinRM's port, and answer whoever asks by the address."""
    rows = {row.name: row for row in services(generate(7))}
    row = rows["windows-EX02"]
    assert row.names == ("ex02.leeds.nhsmail.example:5985",)
    assert row.called("127.0.0.1:40123") >= {"ex02.leeds.nhsmail.example:5985", "127.0.0.1:40123"}
    assert rows["site-leeds"].called("127.0.0.1:40123").isdisjoint({"127.0.0.1:40123"})
