"""Where setting up reads and writes."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ENGINE_VERSION = "3.259.0"
"""The engine that the project is tested with: the oldest accepted on PATH, and the one installed or built."""


@dataclass(frozen=True)
class Places:
    """*root*: the project. *caches*: the user's cache folder, which outlives any clone of the project."""

    root: Path
    caches: Path

    @classmethod
    def of(cls, root: Path, environment: Mapping[str, str]) -> Places:
        """Follow the XDG base directory rule: a relative or empty XDG_CACHE_HOME counts as not set."""
        named = Path(environment.get("XDG_CACHE_HOME", ""))
        home = Path(environment.get("HOME", "~")).expanduser()
        return cls(root=root, caches=named if named.is_absolute() else home / ".cache")

    @property
    def venv(self) -> Path:
        """The virtual environment with everything in uv.lock."""
        return self.root / ".venv"

    @property
    def cache(self) -> Path:
        """The project's own cache folder; removing it only costs the time to set up again."""
        return self.root / ".cache"

    @property
    def uv_venv(self) -> Path:
        """A private virtual environment that holds uv and nothing else."""
        return self.cache / "uv"

    @property
    def collections(self) -> Path:
        """Where Ansible finds the Windows collections that setting up unpacked."""
        return self.cache / "collections"

    @property
    def engine_link(self) -> Path:
        """Where everybody finds the engine: `.cache/engine/bin/pulumi`."""
        return self.cache / "engine"

    @property
    def modules(self) -> Path:
        """The folder with the two Go modules from which the engine can be built."""
        return self.root / "tools" / "pulumi"

    @property
    def web(self) -> Path:
        """Where what pages are dressed with lies, and the packages' own folder in it."""
        return self.cache / "web"

    @property
    def web_lock(self) -> Path:
        """The folder with the names, versions and digests of the npm packages that pages are dressed with."""
        return self.root / "tools" / "web"

    @property
    def actionlint(self) -> Path:
        """Where everybody finds actionlint: a link to the program."""
        return self.cache / "actionlint"

    @property
    def actionlint_module(self) -> Path:
        """The Go module from which actionlint is built."""
        return self.root / "tools" / "actionlint"

    @property
    def built_actionlint(self) -> Path:
        """The file outside the tree for actionlint of this module and this kind of machine."""
        digest = hashlib.sha256((self.actionlint_module / "go.sum").read_bytes()).hexdigest()
        return self.caches / "mailwave" / "actionlint" / f"{_machine()}-{digest[:16]}" / "actionlint"

    @property
    def built_engine(self) -> Path:
        """The folder outside the tree for an engine of this version, these modules and this kind of machine."""
        sums = (self.modules / module / "go.sum" for module in ("cli", "language-python"))
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in sums)).hexdigest()
        return self.caches / "mailwave" / "engine" / f"{ENGINE_VERSION}-{_machine()}-{digest[:16]}"

    @property
    def official_engine(self) -> Path:
        """The folder outside the tree for an engine from the official installer."""
        return self.caches / "mailwave" / "engine" / f"{ENGINE_VERSION}-official"


def _machine() -> str:
    return f"{platform.system()}-{platform.machine()}".lower()
