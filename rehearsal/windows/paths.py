r"""Paths on a simulated server: `C:/x/` and `C:\x` are one, and what lies in a folder makes it exist."""

from __future__ import annotations

import ntpath
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from rehearsal.site.machine import File, Machine
from rehearsal.site.machine_setup import EXCHANGE_FOLDER

_DRIVE = re.compile(r"^[A-Za-z]:\\?$")


def environment(machine: Machine, user: str) -> Mapping[str, str]:
    """The environment variables of a session of *user*, by names in upper case."""
    profile = f"C:\\Users\\{user.rpartition(chr(92))[2] or 'Administrator'}"
    temporary = f"{profile}\\AppData\\Local\\Temp"
    return {
        "COMPUTERNAME": machine.name,
        "EXCHANGEINSTALLPATH": EXCHANGE_FOLDER + "\\",
        "PROGRAMDATA": "C:\\ProgramData",
        "PROGRAMFILES": "C:\\Program Files",
        "SYSTEMDRIVE": "C:",
        "SYSTEMROOT": "C:\\Windows",
        "TEMP": temporary,
        "TMP": temporary,
        "USERNAME": ntpath.basename(profile),
        "USERPROFILE": profile,
        "WINDIR": "C:\\Windows",
    }


def full(path: str) -> str:
    """*path* in Windows' own spelling, without a separator at its end unless it is a drive."""
    made = ntpath.normpath(path)
    return made if not _DRIVE.match(made) else made[:2] + "\\"


def is_file(machine: Machine, path: str) -> bool:
    """Whether there is a file at *path*."""
    return full(path) in machine.files


def is_folder(machine: Machine, path: str) -> bool:
    """Whether there is a folder at *path*: a drive, one of Windows' own, one that was made or has something in it."""
    place = full(path)
    if _DRIVE.match(place):
        return place[0] in machine.disks
    made = (*machine.folders, *_WINDOWS)
    return any(place.casefold() == each.casefold() for each in made) or any(
        _below(place, each) for each in _known(machine)
    )


def exists(machine: Machine, path: str) -> bool:
    """Whether anything is at *path*."""
    return is_file(machine, path) or is_folder(machine, path)


def files_below(machine: Machine, path: str) -> dict[str, File]:
    """Every file inside the folder at *path*, at any depth, by its path from there."""
    place = full(path)
    cut = len(place.rstrip("\\")) + 1
    return {each[cut:]: file for each, file in machine.files.items() if _below(place, each)}


def children(machine: Machine, path: str) -> list[str]:
    """The names right inside the folder at *path*, sorted."""
    place = full(path)
    cut = len(place.rstrip("\\")) + 1
    inside = {each[cut:].partition("\\")[0] for each in _known(machine) if _below(place, each)}
    return sorted(inside, key=str.casefold)


def with_folder(machine: Machine, path: str, now: datetime) -> Machine:
    """The server with a folder at *path*, and those above it."""
    if is_folder(machine, path):
        return machine
    return replace(machine, folders=machine.folders.with_item(full(path), now))


def without(machine: Machine, path: str) -> Machine:
    """The server without the file or folder at *path*, and without all that is inside it."""
    place = full(path)
    files, folders = machine.files, machine.folders
    for each in machine.files:
        if each.casefold() == place.casefold() or _below(place, each):
            files = files.without(each)
    for each in machine.folders:
        if each.casefold() == place.casefold() or _below(place, each):
            folders = folders.without(each)
    return replace(machine, files=files, folders=folders)


def backed_up(machine: Machine, path: str, now: datetime) -> tuple[Machine, str]:
    """The server with a copy of the file at *path* beside it, and where: as Ansible's Backup-File names it."""
    copy = f"{full(path)}.{_PROCESS}.{now:%Y%m%d-%H%M%S}.bak"
    return machine.with_file(copy, machine.files[full(path)].content, now), copy


_PROCESS = 4_242
"""The number of the process, which Windows puts into the name of a backup; here it is always one."""


_WINDOWS = ("C:\\ProgramData", "C:\\Windows\\Temp", EXCHANGE_FOLDER)
"""Folders that every server has."""


def _known(machine: Machine) -> list[str]:
    return [*machine.files, *machine.folders, *_WINDOWS]


def _below(place: str, path: str) -> bool:
    return path.casefold().startswith(place.rstrip("\\").casefold() + "\\")
