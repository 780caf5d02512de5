"""A change on disk: a folder whose list names every other file.

Reading takes nothing for granted: a byte that differs, a file that is missing and one that nobody listed are each
refused by name.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import msgspec
import rfc8785

from change_control.contents import Contents, canonical, digest_of
from change_control.errors import BundleBroken

LIST = "contents.json"
"""The file that lists all others."""

REPORTS = ("report.html", "report.md")
"""Made from the rest, so not in the list: whoever approves has them made again and compared."""

APPROVALS = "approvals"
"""The folder of the approvals, which come after the list."""

PROOFS = "proofs"
"""The folder of the proofs of the change's release, which come after the list, too."""

CHANGE = "MAILWAVE_CHANGE"
"""The variable that names the folder of the change that is being made, for the program of the stacks."""

LARGEST = 64 * 2**20
"""Bytes of one file; a national wave's list takes about 10 MB, a stack's plan 1 MB."""


class Bundle(msgspec.Struct, frozen=True):
    """A change as it was read: its *contents*, their *digest*, and the *folder* that holds its files."""

    folder: Path
    contents: Contents
    digest: str

    def read(self, name: str) -> bytes:
        """A file of the list, as it was listed.

        Raises:
            BundleBroken: it is not there, or not as listed.
        """
        wanted = self.contents.files.get(name)
        if wanted is None:
            raise self.broken(name, "is not in the list")
        data = _bytes(self.folder, name)
        if digest_of(data) != wanted:
            raise self.broken(name, "is not as it was when it was listed")
        return data

    @property
    def subjects(self) -> dict[str, str]:
        """What an approval is about: the digests of the list and of the reports, by file."""
        reports = {name: digest_of(_bytes(self.folder, name)) for name in REPORTS}
        return {LIST: self.digest, **reports}

    @property
    def approvals(self) -> list[bytes]:
        """The files beside the change, in the order of their names, that may be approvals of it."""
        return self._beside(APPROVALS)

    @property
    def proofs(self) -> list[bytes]:
        """The files beside the change, in the order of their names, that may prove its release."""
        return self._beside(PROOFS)

    def _beside(self, name: str) -> list[bytes]:
        return [file.read_bytes() for file in sorted((self.folder / name).glob("*.json"))]

    def broken(self, file: str, why: str) -> BundleBroken:
        """The error that says *why* a *file* is not to be trusted."""
        return BundleBroken(folder=str(self.folder), file=file, why=why)


def open_bundle(folder: Path) -> Bundle:
    """The change in *folder*, every file of it looked at.

    Raises:
        BundleBroken: a file is missing, unlisted or changed, or the list is not in canonical form.
    """
    data = _bytes(folder, LIST)
    contents = _listed(data)
    if contents is None:
        raise BundleBroken(folder=str(folder), file=LIST, why="is not a list in canonical form")
    bundle = Bundle(folder, contents, digest_of(data))
    for name in sorted({*contents.files, *_held(folder)}):
        bundle.read(name)
    return bundle


def _listed(data: bytes) -> Contents | None:
    """The list in *data*, or None where it is none, or is written in any other form than the one."""
    try:
        contents = msgspec.json.decode(data, type=Contents)
        return contents if canonical(contents) == data else None
    except (ValueError, msgspec.DecodeError, rfc8785.CanonicalizationError, RecursionError):
        return None


def write_bundle(folder: Path, contents: Contents) -> Bundle:
    """Write the list of a change whose other files lie in *folder* already; raise as `open_bundle` does."""
    named = msgspec.structs.replace(
        contents, files={name: digest_of(_bytes(folder, name)) for name in sorted(_held(folder))}
    )
    (folder / LIST).write_bytes(canonical(named))
    return open_bundle(folder)


def _held(folder: Path) -> set[str]:
    """Every file of the folder but the list, the reports, the approvals and the proofs."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    return {
        name
        for name in found
        if name not in {LIST, *REPORTS} and PurePosixPath(name).parts[0] not in {APPROVALS, PROOFS}
    }


def _bytes(folder: Path, name: str) -> bytes:
    file = folder / name
    why = ""
    if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
        why = "is outside of it"
    elif file.is_symlink() or not file.is_file():
        why = "is missing"
    elif file.stat().st_size > LARGEST:
        why = f"is larger than {LARGEST} bytes"
    if why:
        raise BundleBroken(folder=str(folder), file=name, why=why)
    try:
        return file.read_bytes()
    except OSError as error:
        raise BundleBroken(folder=str(folder), file=name, why=f"cannot be read ({error.strerror})") from error
