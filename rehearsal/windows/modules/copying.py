"""`win_copy`, the part on the server: its plugin asks first, transfers, then has the file put in its place."""

from __future__ import annotations

import hashlib
import ntpath
from collections.abc import Mapping
from typing import Any

from rehearsal.site.machine import Machine
from rehearsal.windows import paths
from rehearsal.windows.failures import ModuleFailed, not_modelled
from rehearsal.windows.task import Modelled, Outcome, Task, answer

_SLASHES = ("\\", "/")


def copy(task: Task) -> Outcome:
    """`ansible.windows.win_copy` in each of the ways in which its plugin calls it."""
    match task.values.get("_copy_mode") or "single":
        case "query":
            return _query(task)
        case "single":
            return _single(task)
        case "remote":
            return _remote(task)
    raise not_modelled("copies of several files in one archive (win_copy of a folder)")


def _query(task: Task) -> Outcome:
    """Which of the controller's files differ from those here."""
    machine, force = task.machine, task.values["force"]
    files = [
        file
        for file in task.values.get("files") or ()
        if _differs(machine, _target(task, file), file, force=force)
    ]
    wanted = task.values.get("directories") or ()
    folders = [each for each in wanted if not paths.is_folder(machine, _joined(task, each["dest"]))]
    return Outcome({"changed": False, "files": files, "directories": folders, "symlinks": []})


def _joined(task: Task, name: str) -> str:
    return ntpath.join(task.values["dest"], name)


def _target(task: Task, file: Mapping[str, Any]) -> str:
    path = _joined(task, file["dest"])
    return ntpath.join(path, ntpath.basename(file["src"])) if paths.is_folder(task.machine, path) else path


def _differs(machine: Machine, path: str, file: Mapping[str, Any], *, force: bool) -> bool:
    if paths.is_folder(machine, path):
        text = f"cannot copy file to dest '{path}': object at path is already a directory"
        raise ModuleFailed(text)
    return not paths.is_file(machine, path) or (force and _sha1(machine, path) != file["checksum"])


def _single(task: Task) -> Outcome:
    """Put the file that was just transferred in its place."""
    machine = task.machine
    src, content = _source(task)
    dest = _destination(task, task.values.get("_original_basename") or ntpath.basename(src))
    machine, backup = _room_at(task, machine, dest)
    return answer(machine.with_file(paths.full(dest), content, task.now), task.machine, **backup)


def _remote(task: Task) -> Outcome:
    """Copy a file that is on the server already."""
    src, content = _source(task)
    dest = _destination(task, ntpath.basename(paths.full(src)))
    shown = {"src": src, "dest": dest, "operation": "file_copy", "original_basename": ntpath.basename(src)}
    if paths.is_folder(task.machine, dest):
        text = f"cannot copy file from '{src}' to '{dest}': dest is already a folder"
        raise ModuleFailed(text, **shown)
    there = task.machine.files.get(paths.full(dest))
    if there is not None and (not task.values["force"] or there.content == content):
        return answer(task.machine, task.machine, **shown, size=len(there.content))
    machine, backup = _room_at(task, task.machine, dest)
    prepared = f"-{dest}\n+{dest}\n" if there else f"+{dest}\n"
    known = {
        "checksum": hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        "diff": {"prepared": prepared},
    }
    size = {"size": None if task.check and there is None else len(content)}
    changed = machine.with_file(paths.full(dest), content, task.now)
    return answer(changed, task.machine, **shown, **known, **size, **backup)


def _source(task: Task) -> tuple[str, bytes]:
    src = task.values["src"] or ""
    if paths.is_folder(task.machine, src):
        raise not_modelled("copies of folders")
    if not paths.is_file(task.machine, src):
        raise ModuleFailed(f"Cannot copy src file: '{src}' as it does not exist")
    return src, task.machine.files[paths.full(src)].content


def _destination(task: Task, basename: str) -> str:
    dest = str(task.values["dest"])
    inside = dest.endswith(_SLASHES) or paths.is_folder(task.machine, dest)
    return ntpath.join(dest, basename) if inside else dest


def _room_at(task: Task, machine: Machine, dest: str) -> tuple[Machine, dict[str, str]]:
    """The server with the folder of *dest*, and with a backup of what is there where one is asked for."""
    parent = ntpath.dirname(paths.full(dest))
    if paths.is_file(machine, parent):
        raise ModuleFailed(f"object at destination parent dir '{parent}' is currently a file")
    if not paths.is_folder(machine, parent) and paths.full(task.values["dest"]) == paths.full(dest):
        raise ModuleFailed(f"Destination directory '{parent}' does not exist")
    machine = paths.with_folder(machine, parent, task.now)
    if not task.values["backup"] or not paths.is_file(machine, dest):
        return machine, {}
    machine, copy = paths.backed_up(machine, dest, task.now)
    return machine, {"backup_file": copy}


def _sha1(machine: Machine, path: str) -> str:
    return hashlib.sha1(machine.files[paths.full(path)].content, usedforsecurity=False).hexdigest()


MODULES: Mapping[str, Modelled] = {"ansible.windows.win_copy": copy}
