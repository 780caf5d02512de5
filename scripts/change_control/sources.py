"""Digests of what a change is made with: code, policy pack, playbooks, and the environment's own data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from change_control.contents import canonical, digest_of

CODE = {
    "code": ("Pulumi.yaml", "uv.lock", "infra", "scripts"),
    "policy pack": ("infra/policy", "scripts/controls"),
    "playbooks": ("playbooks",),
}
"""The names under which a change lists them, and what each covers; `environments/` is added for one environment."""

_SKIPPED = {"__pycache__", ".mypy_cache", ".ruff_cache", ".ansible"}


def source_digests(root: Path, environment: str) -> dict[str, str]:
    """One digest for each name, over the paths and bytes of all files below the checkout in *root*.

    What an interpreter leaves beside the code is no source. A file of another environment is none of this one.
    """
    found = {name: _digest(root, [root / path for path in paths]) for name, paths in CODE.items()}
    return {**found, "environment": _digest(root, sorted(_data(root / "environments", environment)))}


def _data(folder: Path, environment: str) -> Iterator[Path]:
    for path in folder.iterdir():
        named = path.stem.rpartition(".")[2].rpartition("-")[2]
        if path.is_file() and (named == environment or "." not in path.stem):
            yield path


def _digest(root: Path, paths: list[Path]) -> str:
    """The digest of a table: each file's path from *root*, and its bytes' digest."""
    return digest_of(canonical(dict(sorted(_files(root, paths)))))


def _files(root: Path, paths: list[Path]) -> Iterator[tuple[str, str]]:
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not _SKIPPED.intersection(file.parts) and file.suffix != ".pyc":
                yield file.relative_to(root).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest()


def differing(listed: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """The names whose digests are not the same in both."""
    return [name for name in sorted({*listed, *found}) if listed.get(name) != found.get(name)]
