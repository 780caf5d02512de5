"""Scripts that ansible-core and Ansible's plugins run beside modules: transfers of files, and what a restart needs."""

from __future__ import annotations

import base64
import hashlib
import json
import ntpath
from collections.abc import Mapping
from datetime import timedelta

from rehearsal.windows import paths
from rehearsal.windows.arguments import expanded
from rehearsal.windows.failures import ModuleFailed
from rehearsal.windows.task import Modelled, Outcome, Task

_TO_FILE_TIME = 11_644_473_600
"""Seconds from the beginning of Windows' file time, 1601, to that of Unix."""


def _put(task: Task) -> Outcome:
    path = paths.full(task.values["Path"])
    if not paths.is_folder(task.machine, ntpath.dirname(path)):
        raise ModuleFailed(f"Could not find a part of the path '{path}'.")
    content = task.content or b""
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    return Outcome(
        lines=(json.dumps({"sha1": digest}),), machine=task.machine.with_file(path, content, task.now)
    )


def _fetch(task: Task) -> Outcome:
    path, size = task.values["Path"], int(task.values["BufferSize"])
    if paths.is_file(task.machine, path):
        content = task.machine.files[paths.full(path)].content
        parts = (content[start : start + size] for start in range(0, len(content), size))
        return Outcome(lines=("[FILE]", *(base64.b64encode(part).decode("ascii") for part in parts)))
    if paths.is_folder(task.machine, path):
        return Outcome(lines=("[DIR]",))
    raise ModuleFailed(f"{path} does not exist")


def _make_folder(task: Task) -> Outcome:
    parent = expanded(task.values["Directory"], paths.environment(task.machine, task.user))
    path = ntpath.join(parent, task.values["Name"])
    return Outcome(lines=(path,), machine=paths.with_folder(task.machine, path, task.now))


def _expand_user(task: Task) -> Outcome:
    path, home = task.values["Path"], paths.environment(task.machine, task.user)["USERPROFILE"]
    if path == "~":
        return Outcome(lines=(home,))
    return Outcome(lines=(ntpath.join(home, path[2:]) if path.startswith("~\\") else path,))


def _remove(task: Task) -> Outcome:
    path = task.values["path"]
    if not paths.exists(task.machine, path):
        raise ModuleFailed(f"Cannot find path '{path}' because it does not exist.")
    return Outcome(lines=(), machine=paths.without(task.machine, path))


def _boot_time(task: Task) -> Outcome:
    moment = int((task.machine.started.timestamp() + _TO_FILE_TIME) * 10_000_000)
    return Outcome(lines=(str(moment),))


def _restart(task: Task) -> Outcome:
    """Windows starts again at once, since the simulated clock stands still; each start has a time of its own."""
    lines = (json.dumps({"stdout": "", "stderr": "", "rc": 0}),)
    moment = max(task.now, task.machine.started + timedelta(minutes=1))
    return Outcome(lines=lines, machine=task.machine.restarted(moment))


def _logon_ready(task: Task) -> Outcome:
    return Outcome(lines=(f"success-{task.values['guid']}",))


SCRIPTS: Mapping[str, Modelled] = {
    "boot_time": _boot_time,
    "logon_ready": _logon_ready,
    "powershell_expand_user.ps1": _expand_user,
    "powershell_mkdtemp.ps1": _make_folder,
    "psrp_fetch_file.ps1": _fetch,
    "psrp_put_file.ps1": _put,
    "remove": _remove,
    "restart": _restart,
}
