"""A server as a value: registry, services, files, and the holder of the present one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rehearsal.estate import START, generate
from rehearsal.site.machine import Folded, Machine, Machines, Registry, RegistryValue, registry_path
from rehearsal.site.machine_setup import (
    NET_FRAMEWORK,
    REPLICATION_CONFIG,
    REPLICATION_SERVICE,
    SCHANNEL,
    SETUP,
    installed,
    updated,
)

TLS = SCHANNEL + "\\TLS 1.2\\Server"


@pytest.fixture
def machine() -> Machine:
    """The first server of the small estate."""
    site = generate(7).site
    return installed(site.servers[0], site, 7, START)


def test_names_are_found_in_any_case() -> None:
    """It should find a name in any case of letters, and keep its first spelling."""
    folded = Folded({"Spooler": 1}).with_item("SPOOLER", 2)
    assert (2, ["Spooler"]) == (folded["spooler"], list(folded))
    assert [] == list(folded.without("sPOOLER"))


@pytest.mark.parametrize(
    "path",
    ["HKLM:\\SOFTWARE\\X", "HKEY_LOCAL_MACHINE\\SOFTWARE\\X", "hklm\\SOFTWARE\\X", "\\HKLM\\SOFTWARE\\X\\"],
)
def test_a_key_has_one_path(path: str) -> None:
    """It should take every way of writing a hive for the same key."""
    assert registry_path(path) == "HKLM\\SOFTWARE\\X"


def test_a_value_makes_its_keys() -> None:
    """It should make the keys above a value, and list those below one."""
    registry = Registry().with_value("HKLM\\A\\B", "Enabled", RegistryValue(1))
    assert ["A"] == registry.children("HKLM")
    assert RegistryValue(1) == registry.value("HKLM:\\a\\b", "ENABLED")
    assert registry.without_key("HKLM\\A").key("HKLM\\A\\B") is None
    assert registry.without_value("HKLM\\A\\B", "enabled").value("HKLM\\A\\B", "Enabled") is None


def test_a_change_leaves_the_old_value(machine: Machine) -> None:
    """It should make another machine by every change and leave the one it came from."""
    changed = machine.with_registry_value(TLS, "Enabled", RegistryValue(0))
    assert [1, 0] == [each.registry.value(TLS, "Enabled").data for each in (machine, changed)]  # type: ignore[union-attr]


def test_a_server_is_set_up_as_the_facts_say(machine: Machine) -> None:
    """It should have TLS 1.2 and .NET set as fact D23 wants them, and the build that Exchange says (fact D16)."""
    values = [machine.registry.value(path, "SchUseStrongCrypto") for path in NET_FRAMEWORK]
    assert [RegistryValue(1)] * 4 == values
    assert RegistryValue(0) == machine.registry.value(TLS, "DisabledByDefault")
    assert RegistryValue(1748) == machine.registry.value(SETUP, "MsiBuildMajor")
    assert "15.2.1748.10" == machine.exchange


def test_a_service_works_by_what_it_read(machine: Machine) -> None:
    """It should read its files when it starts, not when they change."""
    edited = machine.with_file(REPLICATION_CONFIG, b"new", START)
    later = START + timedelta(hours=1)
    read = [
        each.services[REPLICATION_SERVICE].loaded[REPLICATION_CONFIG]
        for each in (machine, edited, edited.service_started(REPLICATION_SERVICE, later))
    ]
    assert read[0] == read[1]
    assert b"new" == read[2]


def test_windows_starts_what_starts_by_itself(machine: Machine) -> None:
    """It should start stopped services again with Windows, and note when."""
    later = START + timedelta(days=1)
    restarted = machine.service_stopped("W3SVC").restarted(later)
    assert ("running", later, later) == (
        *(restarted.services["W3SVC"].state, restarted.services["w3svc"].started, restarted.started),
    )


def test_an_update_writes_files_anew(machine: Machine) -> None:
    """It should set the build, and write the replication service's file as it was shipped (fact B44)."""
    edited = machine.with_file(REPLICATION_CONFIG, b"mine", START)
    after = updated(edited, "15.2.2562.17", START)
    assert ("15.2.2562.17", machine.files[REPLICATION_CONFIG].content) == (
        *(after.exchange, after.files[REPLICATION_CONFIG].content),
    )
    assert RegistryValue(2562) == after.registry.value(SETUP, "MsiBuildMajor")


def test_the_present_machine_is_held_by_name(machine: Machine) -> None:
    """It should find a server by its short or full name, and refuse one that is not there."""
    machines = Machines({machine.name: machine})
    machines.change("ex01.leeds.nhsmail.example", lambda there: there.service_stopped("WinRM"))
    assert "stopped" == machines["ex01"].services["WinRM"].state
    with pytest.raises(KeyError):
        machines["EX99"]
