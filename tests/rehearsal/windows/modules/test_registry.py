"""Registry values, set and read as the modules do it (fact D23)."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.site.machine import RegistryValue
from tests.rehearsal.windows.conftest import Server

PATH = "HKLM:\\SOFTWARE\\Made"


def regedit(server: Server, **arguments: Any) -> dict[str, Any]:
    return server.run("ansible.windows.win_regedit", **{"path": PATH, "name": "V", **arguments})


@pytest.mark.parametrize(
    ("kind", "data", "kept"),
    [
        ("dword", 1, RegistryValue(1)),
        ("dword", "0x10", RegistryValue(16)),
        ("dword", -1, RegistryValue(2**32 - 1)),
        ("dword", None, RegistryValue(0)),
        ("qword", 2**40, RegistryValue(2**40, "REG_QWORD")),
        ("string", "text", RegistryValue("text", "REG_SZ")),
        ("expandstring", "%X%", RegistryValue("%X%", "REG_EXPAND_SZ")),
        ("multistring", ["a", 1], RegistryValue(("a", "1"), "REG_MULTI_SZ")),
        ("multistring", "a", RegistryValue(("a",), "REG_MULTI_SZ")),
        ("binary", "hex:be,ef", RegistryValue(b"\xbe\xef", "REG_BINARY")),
        ("binary", [1, 2], RegistryValue(b"\x01\x02", "REG_BINARY")),
    ],
)
def test_each_type(server: Server, kind: str, data: object, kept: RegistryValue) -> None:
    """It should keep data as its type has it, and find the same a second time."""
    first = regedit(server, type=kind, data=data)
    assert server.machine.registry.value(PATH, "V") == kept
    assert (first["changed"], regedit(server, type=kind, data=data)["changed"]) == (True, False)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"type": "dword", "data": 2**32}, "data cannot be larger than 0xffffffff when type is dword"),
        (
            {"type": "qword", "data": 2**64},
            "data cannot be larger than 0xffffffffffffffff when type is qword",
        ),
        (
            {"type": "dword", "data": 1.5},
            "data '1.5' cannot be a decimal or float value with a remainder when type",
        ),
        ({"type": "dword", "data": "one"}, "data 'one' is no number"),
        ({"type": "binary", "data": 256}, "cannot convert binary data '256' to byte array"),
        ({"type": "none"}, "Not modelled: registry values of the type none."),
        ({"path": "HKLM\\SOFTWARE"}, "path: HKLM\\SOFTWARE is not a valid powershell path"),
        ({"hive": "C:\\x.dat"}, "Not modelled: the option hive of ansible.windows.win_regedit."),
    ],
)
def test_refusals(server: Server, arguments: dict[str, Any], text: str) -> None:
    """It should refuse what the type cannot hold, and say what is not modelled."""
    before = server.machine
    result = regedit(server, **arguments)
    assert result["failed"] is True
    assert result["msg"].startswith(text)
    assert server.machine is before


def test_the_flags_and_the_diff(server: Server) -> None:
    """It should tell a changed type from changed data, and show both values."""
    regedit(server, type="dword", data=1)
    result = regedit(server, type="string", data="1")
    assert (result["changed"], result["data_changed"], result["data_type_changed"]) == (True, True, True)
    assert result["diff"] == {
        "before": {PATH: {"V": {"type": "DWord", "value": "0x00000001"}}},
        "after": {PATH: {"V": {"type": "String", "value": "1"}}},
    }


def test_check_mode_predicts(server: Server) -> None:
    """It should answer in check mode as it will answer afterwards, and change nothing."""
    before = server.machine
    predicted = regedit(server, check=True, type="dword", data=1)
    assert server.machine is before
    assert predicted == regedit(server, type="dword", data=1)


def test_absent(server: Server) -> None:
    """It should remove a value, then its key with all below it, then find nothing to do."""
    regedit(server, type="dword", data=1)
    regedit(server, path=f"{PATH}\\Below", type="dword", data=1)
    assert regedit(server, state="absent")["changed"] is True
    assert server.machine.registry.key(PATH) is not None
    whole = {"name": None, "state": "absent"}
    assert regedit(server, **whole)["diff"] == {"before": {PATH: {}}, "after": {}}
    assert server.machine.registry.key(f"{PATH}\\Below") is None
    assert regedit(server, **whole)["changed"] is False


def test_a_key_alone(server: Server) -> None:
    """It should make a key without a value where no data is given for its default."""
    assert regedit(server, name=None)["diff"] == {"before": {}, "after": {PATH: {}}}
    assert server.machine.registry.key(PATH) == {}


def test_reading(server: Server) -> None:
    """It should read a value, a key with all its values and sub-keys, and say what is not there."""
    regedit(server, type="multistring", data=["a"])
    regedit(server, name="B", type="binary", data=[255])
    regedit(server, path=f"{PATH}\\Below", type="dword", data=1)

    def stat(**arguments: Any) -> dict[str, Any]:
        return server.run("ansible.windows.win_reg_stat", **arguments)

    several = {"type": "REG_MULTI_SZ", "value": ["a"], "raw_value": ["a"]}
    binary = {"type": "REG_BINARY", "value": [255], "raw_value": ["0xff"]}
    assert stat(path=PATH, name="v") == {"changed": False, "exists": True, **several}
    assert stat(path=PATH) == {
        "changed": False,
        "exists": True,
        "properties": {"V": several, "B": binary},
        "sub_keys": ["Below"],
    }
    assert stat(path=PATH, name="X") == {"changed": False, "exists": False}
    assert stat(path="HKLM:\\SOFTWARE\\None") == {"changed": False, "exists": False}
    assert stat(path="SOFTWARE")["failed"] is True
