"""What ansible-core sends instead of a script, taken apart."""

from __future__ import annotations

import base64
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.windows.failures import NotModelled
from rehearsal.windows.payload import Act, decode
from rehearsal.windows.specification import COLLECTIONS

SPEC = importlib.util.find_spec("ansible")
assert SPEC is not None
assert SPEC.origin is not None
CORE = Path(SPEC.origin).parent / "executor" / "powershell"
PING = COLLECTIONS / "ansible" / "windows" / "plugins" / "modules" / "win_ping.ps1"


def bootstrap() -> str:
    """The wrapper as it is sent: without comments and the space around lines."""
    lines = [line.strip() for line in (CORE / "bootstrap_wrapper.ps1").read_text().splitlines()]
    whole = (CORE / "bootstrap_wrapper.ps1").read_text().splitlines()
    return "\n".join("" if short.startswith("#") else line for short, line in zip(lines, whole, strict=True))


def piped(
    actions: list[dict[str, Any]], scripts: dict[str, bytes], content: tuple[str, ...] = (), **params: Any
) -> list[str]:
    first = {"name": "exec_wrapper", "script": (CORE / "exec_wrapper.ps1").read_text(), "params": params}
    kept = {name: {"script": base64.b64encode(text).decode()} for name, text in scripts.items()}
    after = ["\0\0\0\0", *content] if content else []
    return [json.dumps(first), "\0\0\0\0", json.dumps({"actions": actions, "scripts": kept}), *after]


def module(name: str, script: bytes, environment: dict[str, str] | None = None) -> list[str]:
    params = {
        "Script": f"{name}.ps1",
        "Environment": environment or {},
        "ForModule": True,
        "Variables": [{"Name": "complex_args", "Value": {"data": "x"}, "Scope": "Global"}],
    }
    wrapper = (CORE / "module_wrapper.ps1").read_bytes()
    scripts = {"module_wrapper.ps1": wrapper, f"{name}.ps1": script}
    return piped([{"name": "module_wrapper.ps1", "params": params}], scripts)


def test_a_module_and_its_arguments() -> None:
    """It should find a module's name and arguments behind both wrappers."""
    lines = module("ansible_collections.ansible.windows.plugins.modules.win_ping", PING.read_bytes())
    assert decode(bootstrap(), lines) == Act("ansible.windows.win_ping", {"data": "x"})


def test_a_transfer_and_its_content() -> None:
    """It should put the parts of a file together."""
    script = (CORE / "psrp_put_file.ps1").read_bytes()
    action = {"name": "psrp_put_file.ps1", "params": {"Path": "C:\\x"}}
    parts = tuple(base64.b64encode(part).decode() for part in (b"one ", b"two"))
    act = decode(bootstrap(), piped([action], {"psrp_put_file.ps1": script}, parts))
    assert act == Act("psrp_put_file.ps1", {"Path": "C:\\x"}, b"one two")


@pytest.mark.parametrize(
    ("script", "act"),
    [
        ("Remove-Item 'C:\\a b' -Force -Recurse", Act("remove", {"path": "C:\\a b"})),
        ("Remove-Item C:\\a -Force -Recurse", Act("remove", {"path": "C:\\a"})),
    ],
)
def test_a_listed_script(script: str, act: Act) -> None:
    """It should know a listed script whatever its variable part is, and return that part."""
    assert decode(script, []) == act


@pytest.mark.parametrize(
    "script", ["whoami", "Remove-Item C:\\a -Force -Recurse; whoami", "Remove-Item C:\\a"]
)
def test_any_other_script_is_refused(script: str) -> None:
    """It should take no script that is not listed, and say by which digest it would be."""
    with pytest.raises(NotModelled, match=r"a PowerShell script with the digest [0-9a-f]{64}"):
        decode(script, [])


def test_what_surrounds_a_module_is_refused_where_it_changes_it() -> None:
    """It should say what is not modelled: other scripts, users, interpreters, environments, asynchronous tasks."""
    ping = PING.read_bytes()
    become = piped([{"name": "become_wrapper.ps1", "params": {}}], {})
    later = piped([{"name": "async_wrapper.ps1", "params": {}}], {})
    cases = {
        "the module community.windows.win_say": module("community.windows.win_say", b""),
        "win_ping of another ansible.windows": module("ansible.windows.win_ping", ping + b"\n"),
        "environment variables of a task": module("ansible.windows.win_ping", ping, {"A": "1"}),
        "another PowerShell": piped([], {}, PwshPath="pwsh.exe"),
        "tasks that become another user": become,
        "asynchronous tasks": later,
        "psrp_put_file.ps1 of another ansible-core": piped(
            [{"name": "psrp_put_file.ps1", "params": {}}], {"psrp_put_file.ps1": b"x"}
        ),
        "not JSON": ["{"],
    }
    for text, lines in cases.items():
        with pytest.raises(NotModelled) as caught:
            decode(bootstrap(), lines)
        assert text in str(caught.value)
