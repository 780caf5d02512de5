"""`win_file`, `win_find`, `win_stat`, `slurp` and `win_file_version`: files, folders, their content and versions."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import ntpath
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rehearsal.site.machine import File, Machine
from rehearsal.site.machine_setup import EXCHANGE_FOLDER
from rehearsal.windows import paths
from rehearsal.windows.failures import ModuleFailed, not_modelled
from rehearsal.windows.task import Modelled, Outcome, Task, answer

_SETUP_PROGRAM = EXCHANGE_FOLDER + "\\Bin\\ExSetup.exe"
"""The program whose version is that of the build with its security update, which no cmdlet shows (fact D16)."""


def file(task: Task) -> Outcome:
    """`ansible.windows.win_file`; a question of the copy plugin for its diff comes the same way."""
    before, path, state = task.machine, task.values["path"], task.values["state"]
    basename = task.values.get("_original_basename")
    if basename is not None and paths.is_folder(before, path):
        path = ntpath.join(path, basename)
    if task.values.get("_diff_peek") is not None:
        return _peek(before, path)
    if state == "touch":
        content = before.files[paths.full(path)].content if paths.is_file(before, path) else b""
        return answer(before.with_file(paths.full(path), content, task.now), before)
    if not paths.exists(before, path):
        return answer(_made(task, path, state), before)
    if state == "absent":
        return answer(paths.without(before, path), before)
    if state == "directory" and not paths.is_folder(before, path):
        raise ModuleFailed(f"path {path} is not a directory")
    if state == "file" and not paths.is_file(before, path):
        raise ModuleFailed(f"path {path} is not a file")
    return answer(before, before)


def _made(task: Task, path: str, state: str | None) -> Machine:
    if state is None:
        state = "directory" if path.endswith(("\\", "/")) else "file"
    if state == "directory":
        return paths.with_folder(task.machine, path, task.now)
    if state == "file":
        raise ModuleFailed(f"path {path} will not be created")
    return task.machine


def _peek(machine: Machine, path: str) -> Outcome:
    there = paths.is_file(machine, path)
    start = machine.files[paths.full(path)].content[:8192] if there else b""
    state = "file" if paths.exists(machine, path) else "absent"
    shown = {"path": path, "change": False, "changed": False, "state": state}
    return Outcome(shown | {"appears_binary": b"\0" in start})


def stat(task: Task) -> Outcome:
    """`ansible.windows.win_stat`. Nobody links, shares or hides files here."""
    machine, path = task.machine, paths.full(task.values["path"])
    if paths.is_file(machine, path):
        return Outcome({"changed": False, "stat": _file_stat(path, machine.files[path], task.values)})
    if not paths.is_folder(machine, path):
        return Outcome({"changed": False, "stat": {"exists": False}})
    below = paths.files_below(machine, path)
    found = _common(path, machine.folders.get(path, machine.started)) | {
        "attributes": "Directory",
        "isarchive": False,
        "isdir": True,
        "isreg": False,
    }
    if task.values["get_size"]:
        found["size"] = sum(len(each.content) for each in below.values())
    return Outcome({"changed": False, "stat": found})


def _file_stat(path: str, found: File, values: Mapping[str, Any]) -> dict[str, Any]:
    shown = _common(path, found.changed) | {
        "attributes": "Archive",
        "isarchive": True,
        "isdir": False,
        "isreg": True,
        "extension": ntpath.splitext(path)[1],
    }
    if values["get_checksum"]:
        shown["checksum"] = hashlib.new(values["checksum_algorithm"], found.content).hexdigest()
    if values["get_size"]:
        shown["size"] = len(found.content)
    return shown


def _common(path: str, changed: datetime) -> dict[str, Any]:
    moment = changed.timestamp()
    times = {"creationtime": moment, "lastaccesstime": moment, "lastwritetime": moment}
    flags = dict.fromkeys(("ishidden", "isjunction", "islnk", "isreadonly", "isshared"), False)
    return {
        "exists": True,
        "filename": ntpath.basename(path),
        "hlnk_targets": [],
        "nlink": 1,
        "owner": "BUILTIN\\Administrators",
        "path": path,
        **times,
        **flags,
    }


def find(task: Task) -> Outcome:
    """`ansible.windows.win_find`, for files right inside folders, by patterns with stars."""
    patterns = [each.casefold() for each in task.values["patterns"] or ["*"]]
    found, warnings, examined = [], [], 0
    for asked in task.values["paths"]:
        place = paths.full(asked)
        if not paths.is_folder(task.machine, place):
            what = "is a file not a directory" if paths.is_file(task.machine, place) else _NOT_THERE
            warnings.append(f"Argument path '{place}' {what}, skipping")
            continue
        names = paths.children(task.machine, place)
        examined += len(names)
        for name in names:
            path = ntpath.join(place, name)
            matches = any(fnmatch.fnmatchcase(name.casefold(), each) for each in patterns)
            if matches and paths.is_file(task.machine, path):
                values = {**task.values, "get_size": True}
                found.append(_file_stat(path, task.machine.files[path], values))
    shown = sorted(found, key=lambda each: str(each["path"]).casefold())
    result = {"changed": False, "examined": examined, "matched": len(shown), "files": shown}
    return Outcome(result | ({"warnings": warnings} if warnings else {}))


_NOT_THERE = "does not exist or is not accessible"


def slurp(task: Task) -> Outcome:
    """`ansible.windows.slurp`, as which `ansible.builtin.slurp` runs on Windows."""
    src = task.values["src"]
    if paths.is_file(task.machine, src):
        content = base64.b64encode(task.machine.files[paths.full(src)].content).decode("ascii")
        return Outcome({"changed": False, "content": content, "encoding": "base64"})
    kind = "a directory" if paths.is_folder(task.machine, src) else "not found"
    raise ModuleFailed(f"Path {src} is {kind}")


def file_version(task: Task) -> Outcome:
    """`community.windows.win_file_version`, of the one program whose version plays look at."""
    path = task.values["path"]
    if paths.full(path).casefold() != _SETUP_PROGRAM.casefold():
        if not paths.is_file(task.machine, path):
            raise ModuleFailed(f"Specified path {path} does not exist or is not a file.")
        raise not_modelled(f"the version of {path}")
    parts = task.machine.exchange.split(".")
    text = "{:0>2}.{:0>2}.{:0>4}.{:0>3}".format(*parts)
    names = ("file_major_part", "file_minor_part", "file_build_part", "file_private_part")
    shown = {"path": path, "file_version": text, "product_version": text, "file_version_raw": ".".join(parts)}
    return Outcome({"changed": False, "win_file_version": shown | dict(zip(names, parts, strict=True))})


MODULES: Mapping[str, Modelled] = {
    "ansible.windows.slurp": slurp,
    "ansible.windows.win_file": file,
    "ansible.windows.win_find": find,
    "ansible.windows.win_stat": stat,
    "community.windows.win_file_version": file_version,
}
