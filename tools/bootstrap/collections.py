"""Ansible's Windows collections, taken out of the wheel of the community package: 4 MB of its 200 are unpacked."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tools.bootstrap.failures import PackagesUnavailable
from tools.bootstrap.places import Places
from tools.bootstrap.progress import Step, ToolFailed, run

WANTED = ("ansible.windows", "community.windows", "microsoft.ad")


def wanted(places: Places) -> str:
    """A digest of what decides which files are unpacked: the pinned wheel and the list of collections."""
    pins = (places.root / "tools" / "collections.txt").read_bytes()
    return hashlib.sha256(pins + " ".join(WANTED).encode()).hexdigest()


def ready(places: Places) -> bool:
    """Whether `.cache/collections` holds the wanted collections, whole."""
    stamp = places.collections / ".mailwave"
    return stamp.exists() and stamp.read_text() == wanted(places)


def install(places: Places, environment: Mapping[str, str]) -> None:
    """Fetch the wheel by the pip of `.cache/uv`, unpack, and put the folder in its place in one step."""
    places.cache.mkdir(exist_ok=True)
    with (
        Step("unpacking Ansible's Windows collections into .cache/collections"),
        tempfile.TemporaryDirectory(dir=places.cache, prefix=".collections-") as scratch,
    ):
        new = Path(scratch) / "new"
        _unpack(_fetched(places, environment, Path(scratch)), new)
        (new / ".mailwave").write_text(wanted(places))
        shutil.rmtree(places.collections, ignore_errors=True)
        new.rename(places.collections)


def _fetched(places: Places, environment: Mapping[str, str], folder: Path) -> Path:
    what = [
        "--only-binary",
        ":all:",
        "--require-hashes",
        "-r",
        str(places.root / "tools" / "collections.txt"),
    ]
    command = ["-m", "pip", "download", "--quiet", "--no-deps", *what, "--dest", str(folder)]
    try:
        run(
            [places.uv_venv / "bin" / "python", *command],
            folder=places.root,
            environment=environment,
        )
        return next(folder.glob("*.whl"))
    except (ToolFailed, StopIteration) as failed:
        raise PackagesUnavailable(
            missing="Ansible's Windows collections could not be had from PyPI",
            remedy="connect to the internet or to a mirror of PyPI (pip reads PIP_INDEX_URL)",
            detail=failed.last_words if isinstance(failed, ToolFailed) else "",
        ) from failed


def _unpack(wheel: Path, folder: Path) -> None:
    starts = tuple(f"ansible_collections/{name.replace('.', '/')}/" for name in WANTED)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.startswith(starts)])
