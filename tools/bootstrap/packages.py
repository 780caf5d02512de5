"""The virtual environment: uv from PyPI, pinned by hash, then everything in uv.lock."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from collections.abc import Mapping

from tools.bootstrap.failures import PackagesUnavailable, UvUnavailable
from tools.bootstrap.places import Places
from tools.bootstrap.progress import Step, ToolFailed, run

_NETWORK = (
    "connect to the internet or to a mirror of PyPI (pip reads PIP_INDEX_URL, uv reads UV_DEFAULT_INDEX)"
)
_MATTERS = ("build-system", "project", "dependency-groups")


def wanted(places: Places) -> str:
    """A digest of all that decides what the environment holds: Python, uv, the lock, and what we ask for."""
    project = tomllib.loads((places.root / "pyproject.toml").read_text())
    asked = {name: project.get(name) for name in _MATTERS}
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True).encode())
    for name in ("uv.lock", "tools/uv.txt"):
        digest.update((places.root / name).read_bytes())
    digest.update(f"{places.root} {sys.version}".encode())
    return digest.hexdigest()


def ready(places: Places) -> bool:
    """Whether the environment on disk is the wanted one, finished."""
    stamp = places.venv / ".mailwave"
    return (
        (places.venv / "bin" / "python").exists()
        and (places.venv / "bin" / "uv").exists()
        and stamp.exists()
        and stamp.read_text() == wanted(places)
    )


def install(places: Places, environment: Mapping[str, str]) -> None:
    """Make the virtual environment what uv.lock says. Half-done work is finished by the next run."""
    stamp = places.venv / ".mailwave"
    stamp.unlink(missing_ok=True)
    _install_uv(places, environment)
    with Step("installing the locked packages into .venv") as step:
        command = ["sync", "--frozen", "--compile-bytecode", "--no-progress", "--python", sys.executable]
        try:
            run(
                [places.uv_venv / "bin" / "uv", *command],
                folder=places.root,
                environment=for_uv(environment),
                on_line=lambda line: step.tell(line.strip()[:90]),
            )
        except ToolFailed as failed:
            raise PackagesUnavailable(
                missing="the packages in uv.lock could not all be installed",
                remedy=_NETWORK,
                detail=failed.last_words,
            ) from failed
    link = places.venv / "bin" / "uv"  # Pulumi's own language host looks for uv on PATH
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(places.uv_venv / "bin" / "uv", link.parent))
    stamp.write_text(wanted(places))


def for_uv(environment: Mapping[str, str]) -> dict[str, str]:
    """An active environment or a chosen project of the caller must not become the target."""
    foreign = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PROJECT", "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in environment.items() if name not in foreign}


def _install_uv(places: Places, environment: Mapping[str, str]) -> None:
    pins = places.root / "tools" / "uv.txt"
    stamp = places.uv_venv / ".mailwave"
    if (
        stamp.exists()
        and stamp.read_bytes() == pins.read_bytes()
        and (places.uv_venv / "bin" / "uv").exists()
    ):
        return
    shutil.rmtree(places.uv_venv, ignore_errors=True)
    with Step("installing uv into .cache/uv"):
        try:
            venv.create(places.uv_venv, with_pip=True, symlinks=True)
            run(
                [
                    places.uv_venv / "bin" / "python",
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--require-hashes",
                    "-r",
                    pins,
                ],
                folder=places.root,
                environment=environment,
            )
        except (ToolFailed, OSError, subprocess.CalledProcessError) as failed:
            raise UvUnavailable(
                missing="uv could not be installed from PyPI",
                remedy=_NETWORK,
                detail=failed.last_words if isinstance(failed, ToolFailed) else str(failed),
            ) from failed
    stamp.write_bytes(pins.read_bytes())
