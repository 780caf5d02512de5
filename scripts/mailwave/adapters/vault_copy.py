"""Copies of a vault on this machine: a folder, or a zip, as anybody may have handed it over.

Nothing is unpacked, nothing outside is read: a link, a device or a name that leads elsewhere is refused.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from mailwave.adapters.vault_errors import NotEvidence
from mailwave.core.evidence.refusals import EvidenceBroken, shown

LARGEST = 256 * 1024 * 1024
"""Bytes: no object that was ever kept is larger, and a zip may claim to hold more than the memory does."""


class FolderCopy:
    """The objects in *folder*, which holds what the vault has below an environment's prefix."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """The name of every file; raise `EvidenceBroken` for what is neither file nor folder."""
        return sorted(path.relative_to(self._folder).as_posix() for path in self._files(self._folder))

    def read(self, name: str) -> bytes:
        """What the object *name* holds; raise `KeyError` when there is none."""
        path = self._folder / name
        if not path.is_file():
            raise KeyError(name)
        if path.stat().st_size > LARGEST:
            raise EvidenceBroken("it is larger than any object that was ever kept", file=name)
        return path.read_bytes()

    def _files(self, folder: Path) -> Iterator[Path]:
        for path in folder.iterdir():
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                yield from self._files(path)
            elif stat.S_ISREG(mode):
                yield path
            else:
                name = path.relative_to(self._folder).as_posix()
                raise EvidenceBroken("it is a link or a device, and no file", file=name)


class ZipCopy:
    """The objects in the zip *file*; close it when done."""

    def __init__(self, file: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except zipfile.BadZipFile as error:
            raise NotEvidence(path=shown(str(file)), why="it is neither a folder nor a zip") from error

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def names(self) -> list[str]:
        """Every name, each as often as the zip holds it; folders are none."""
        return sorted(each.filename for each in self._zip.infolist() if not each.is_dir())

    def read(self, name: str) -> bytes:
        """What the object *name* holds; raise `KeyError` when there is none."""
        found = self._zip.getinfo(name)
        if stat.S_ISLNK(found.external_attr >> 16):
            raise EvidenceBroken("it is a link or a device, and no file", file=name)
        if found.file_size > LARGEST:
            raise EvidenceBroken("it is larger than any object that was ever kept", file=name)
        try:
            return self._zip.read(found)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
            raise EvidenceBroken("it cannot be unpacked", file=name) from error


def copy(path: Path) -> FolderCopy | ZipCopy:
    """The copy at *path*, a folder or a zip.

    Raises:
        NotEvidence: it is neither.
    """
    if path.is_dir():
        return FolderCopy(path)
    if not path.is_file():
        raise NotEvidence(path=shown(str(path)), why="there is no such folder or file")
    return ZipCopy(path)
