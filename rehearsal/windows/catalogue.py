"""What the Windows face answers for: modules and scripts, each by the digest of the text that is modelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from rehearsal.windows.failures import NotModelled

_FILE = Path(__file__).with_name("modules.yaml")


class ListedModule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One module: the digest of its script, why plays need it, and which of its options take effect here.

    *internal* are options that its action plugin sends and its documentation does not name.
    """

    sha256: str
    why: str
    options: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `modules.yaml`. *scripts* are digests by name, *collections* the versions they were taken from.

    *powershell* are the digests of scripts that plays hand to `win_powershell`.
    """

    ansible_core: str
    collections: dict[str, str]
    powershell: dict[str, str]
    scripts: dict[str, str]
    modules: dict[str, ListedModule]


@dataclass(frozen=True)
class Catalogue:
    """The modules and scripts that are modelled, read when they are first asked for."""

    file: Path

    @cached_property
    def listed(self) -> Listed:
        """The file's content."""
        return msgspec.yaml.decode(self.file.read_bytes(), type=Listed)

    @property
    def ansible_core(self) -> str:
        """The version of ansible-core whose scripts are listed."""
        return self.listed.ansible_core

    @property
    def modules(self) -> Mapping[str, ListedModule]:
        """The modules by full name."""
        return self.listed.modules

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {digest: name for name, digest in self.listed.scripts.items()}

    def script(self, digest: str) -> str | None:
        """The name of the listed script with this SHA-256 digest."""
        return self._names.get(digest)

    def check(self, module: str, digest: str) -> None:
        """Raise `NotModelled` unless *module* is listed with the script that has *digest*."""
        if module not in self.modules:
            raise NotModelled(f"the module {module}")
        if self.modules[module].sha256 != digest:
            collection = module.rpartition(".")[0]
            version = self.listed.collections[collection]
            raise NotModelled(f"the module {module} of another {collection} than {version}")


CATALOGUE = Catalogue(_FILE)
