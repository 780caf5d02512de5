"""A machine with nothing on it but what a test puts there."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.bootstrap import gobuild
from tools.bootstrap.places import Places

COREUTILS = ("sh", "dirname", "tr", "grep", "paste", "cat", "mkdir", "touch", "env", "sed")


@dataclass(frozen=True)
class Machine:
    """A bare project, an empty home and a PATH of a few standard programs."""

    places: Places
    bin: Path

    @property
    def environment(self) -> dict[str, str]:
        home = self.places.caches.parent
        return {"PATH": str(self.bin), "HOME": str(home), "PYENV_ROOT": str(home / "pyenv")}

    def program(self, name: str, script: str, folder: Path | None = None) -> Path:
        """Put a shell script there as an executable program."""
        path = (folder or self.bin) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!{self.bin}/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def pulumi(self, version: str, folder: Path, *, host: bool = True) -> None:
        """Put an engine of *version* into *folder*, with or without its Python language host."""
        self.program("pulumi", f"echo v{version}", folder)
        if host:
            self.program("pulumi-language-python", "exit 0", folder)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(gobuild, "INSTALLED", str(tmp_path / "no-go"))
    root = tmp_path / "project"
    for module in ("cli", "language-python"):
        folder = root / "tools" / "pulumi" / module
        folder.mkdir(parents=True)
        (folder / "go.mod").write_text("module m\n\ngo 1.25.11\n")
        (folder / "go.sum").write_text(f"sums of {module}\n")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in COREUTILS:
        (programs / name).symlink_to(str(shutil.which(name)))
    made = Machine(Places.of(root, {"HOME": str(tmp_path / "home")}), programs)
    made.places.caches.mkdir(parents=True)
    (root / ".venv" / "bin").mkdir(parents=True)
    made.program(
        "python", "echo no network >&2; exit 1", root / ".venv" / "bin"
    )  # the official installer fails
    assert os.access(programs / "sh", os.X_OK)
    return made
