"""What a client's script asks for, taken out of what ansible-core 2.21 sends instead of a script.

The script itself is always ansible-core's bootstrap wrapper. Its input is one JSON document that names the next script
(the exec wrapper) and, after a line of four NULs, a manifest: the scripts, in base64, and the actions to run, of which
the last one is the module or a transfer of a file; after another such line comes what the action reads. No PowerShell
is ever run: a script counts as what it says only while it is, byte for byte, one that `modules.yaml` lists.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal.windows.catalogue import CATALOGUE
from rehearsal.windows.failures import NotModelled

END_OF_DOCUMENT = "\0\0\0\0"

_MODULE_WRAPPER = "module_wrapper.ps1"
_OWN_POWERSHELL = (None, "powershell", "powershell.exe")
"""What names the PowerShell that the session runs in already."""

_WRAPPERS = {
    "async_wrapper.ps1": "asynchronous tasks",
    "become_wrapper.ps1": "tasks that become another user",
    "coverage_wrapper.ps1": "tasks that measure coverage",
}


@dataclass(frozen=True)
class Act:
    """One thing to do: *name* is a module's full name, or that of a listed script of ansible-core or its plugins.

    *content* are the bytes that the client piped into it, where it did.
    """

    name: str
    arguments: Mapping[str, Any]
    content: bytes | None = None


def decode(script: str, piped: Sequence[object]) -> Act:
    """What *script* with the *piped* objects asks for; raise `NotModelled`."""
    if CATALOGUE.script(_digest(script)) == "bootstrap_wrapper.ps1":
        return _bootstrapped(iter(piped))
    arguments: dict[str, str] = {}
    for argument, pattern, blank in _VARIABLE:
        if found := pattern.search(script):
            arguments[argument] = found[1].strip("'")
            script = pattern.sub(blank, script)
    if (name := CATALOGUE.script(_digest(script))) is None:
        raise NotModelled(f"a PowerShell script with the digest {_digest(script)}")
    return Act(name, arguments)


_VARIABLE = (
    ("path", re.compile(r"^Remove-Item ('[^']*'|\S+) -Force"), "Remove-Item PATH -Force"),
    ("delay", re.compile(r"/t (\d+) /c (?:'(?:[^']|'')*'|\S+) \|"), "/t SECONDS /c MESSAGE |"),
    ("guid", re.compile(r"'success-([0-9a-f-]{36})'"), "'success-GUID'"),
)
"""The parts of a listed script that differ from call to call; they are left out of its digest."""


def _bootstrapped(lines: Iterator[object]) -> Act:
    first = _document(lines)
    if (
        first.get("name") != "exec_wrapper"
        or CATALOGUE.script(_digest(first["script"])) != "exec_wrapper.ps1"
    ):
        raise NotModelled("a script other than ansible-core's exec wrapper")
    if first["params"].get("PwshPath") not in _OWN_POWERSHELL:
        raise NotModelled("modules under another PowerShell (ansible_powershell_interpreter)")
    manifest = _document(lines)
    action = manifest["actions"][0]
    if action["name"] in _WRAPPERS:
        raise NotModelled(_WRAPPERS[action["name"]])
    _check_script(manifest, action["name"])
    if action["name"] == _MODULE_WRAPPER:
        return _module(manifest, action["params"])
    return Act(action["name"], action["params"], _content(lines))


def _document(lines: Iterator[object]) -> dict[str, Any]:
    """The JSON document up to the next end mark."""
    text = "".join(iter(lambda: str(next(lines, END_OF_DOCUMENT)), END_OF_DOCUMENT))
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        raise NotModelled("input of the bootstrap wrapper that is not JSON") from None
    if not isinstance(document, dict):
        raise NotModelled("input of the bootstrap wrapper that is no object")
    return document


def _check_script(manifest: Mapping[str, Any], name: str) -> None:
    script = base64.b64decode(manifest["scripts"][name]["script"])
    if CATALOGUE.script(hashlib.sha256(script).hexdigest()) != name:
        raise NotModelled(f"{name} of another ansible-core than {CATALOGUE.ansible_core}")


def _module(manifest: Mapping[str, Any], parameters: Mapping[str, Any]) -> Act:
    if parameters.get("Environment"):
        raise NotModelled("environment variables of a task")
    file = str(parameters["Script"])
    variables = {each["Name"]: each["Value"] for each in parameters.get("Variables", ())}
    if not parameters.get("ForModule") or "complex_args" not in variables:
        raise NotModelled(f"{file}, which is not a PowerShell module")
    name = file.removesuffix(".ps1").removeprefix("ansible_collections.").replace(".plugins.modules.", ".")
    digest = hashlib.sha256(base64.b64decode(manifest["scripts"][file]["script"])).hexdigest()
    CATALOGUE.check(name, digest)
    return Act(name, variables["complex_args"])


def _content(lines: Iterator[object]) -> bytes | None:
    """The bytes after the last end mark, which come as lines of base64; None where there are none."""
    parts = [str(line) for line in lines]
    try:
        return b"".join(base64.b64decode(part, validate=True) for part in parts) if parts else None
    except binascii.Error:
        raise NotModelled("a file that is not sent as base64") from None


def _digest(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()
