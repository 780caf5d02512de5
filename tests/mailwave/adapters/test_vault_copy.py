"""Copies of a vault as anybody may hand them over: folders and zips."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mailwave.adapters import vault_copy
from mailwave.adapters.vault_copy import FolderCopy, ZipCopy, copy
from mailwave.adapters.vault_errors import NotEvidence
from mailwave.core.evidence.checking import Check
from mailwave.core.evidence.refusals import EvidenceBroken
from tests.mailwave.core.evidence.vaults import ORIGIN, TRUST, Objects, three_pushes


def in_folder(folder: Path, objects: Objects) -> Path:
    for name, content in objects.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def in_zip(folder: Path, objects: Objects) -> Path:
    with zipfile.ZipFile(folder / "copy.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.mkdir("journal")
        for name, content in objects.items():
            made.writestr(name, content)
    return folder / "copy.zip"


@pytest.mark.parametrize("pack", [in_folder, in_zip])
def test_a_whole_copy(tmp_path: Path, pack: Callable[[Path, Objects], Path]) -> None:
    """It should be checked as the vault itself is."""
    files = copy(pack(tmp_path, three_pushes()))
    assert 12 == Check(files, TRUST, origin=ORIGIN).run().entries
    if isinstance(files, ZipCopy):
        files.close()


def test_links_are_refused(tmp_path: Path) -> None:
    """It should name a link, and not follow it."""
    in_folder(tmp_path, three_pushes())
    (tmp_path / "objects" / ("a" * 64)).symlink_to("/etc/hostname")
    with pytest.raises(EvidenceBroken, match="a link or a device"):
        FolderCopy(tmp_path).names()


def test_a_zip_with_a_link(tmp_path: Path) -> None:
    """It should not take the target of a link for the content of a file."""
    link = zipfile.ZipInfo("objects/" + "a" * 64)
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr(link, "/etc/hostname")
    with pytest.raises(EvidenceBroken, match="a link or a device"):
        ZipCopy(tmp_path / "x.zip").read(link.filename)


def test_a_zip_with_a_name_twice_or_elsewhere(tmp_path: Path) -> None:
    """It should list names as they are, so that those that lead elsewhere or are twice there are refused."""
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("../x", "")
        made.writestr("journal/y", "")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("journal/y", "")
    assert ["../x", "journal/y", "journal/y"] == ZipCopy(tmp_path / "x.zip").names()


def test_what_is_larger_than_anything_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should not unpack or read what claims to be larger than any object."""
    monkeypatch.setattr(vault_copy, "LARGEST", 9)
    objects = Objects({"a": b"0" * 10})
    for files in (ZipCopy(in_zip(tmp_path, objects)), FolderCopy(in_folder(tmp_path / "f", objects))):
        with pytest.raises(EvidenceBroken, match="larger than"):
            files.read("a")


def test_a_zip_that_is_damaged(tmp_path: Path) -> None:
    """It should name the object that cannot be unpacked."""
    file = in_zip(tmp_path, Objects({"a": bytes(range(256)) * 9}))
    content = bytearray(file.read_bytes())
    content[content.index(b"a", 40) + 20] ^= 0xFF
    file.write_bytes(bytes(content))
    with pytest.raises(EvidenceBroken, match="a: it cannot be unpacked"):
        ZipCopy(file).read("a")


def test_what_is_no_copy(tmp_path: Path) -> None:
    """It should say that a path is nothing, or no zip."""
    (tmp_path / "x.zip").write_bytes(b"no zip")
    with pytest.raises(NotEvidence, match="no such folder"):
        copy(tmp_path / "nothing")
    with pytest.raises(NotEvidence, match="neither a folder nor a zip"):
        copy(tmp_path / "x.zip")
    with pytest.raises(KeyError):
        FolderCopy(tmp_path).read("nothing")
