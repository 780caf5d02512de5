"""What runs leave to be looked at later: a folder in which each name is written once and never again."""

from __future__ import annotations

from pathlib import Path

from mailwave.adapters.written_once import write_once
from mailwave.core.manifest import digest_of_bytes

_READ_ONLY = 0o440


class ArtifactDiffers(Exception):
    """Something else is kept under *name* already; what is kept is never replaced."""

    def __init__(self, *, name: str, kept: str, offered: str) -> None:
        self.name = name
        self.kept = kept
        self.offered = offered
        super().__init__(f"artifact {name} is kept with {kept} and was offered with {offered}")


class ArtifactDamaged(Exception):
    """What is kept under *name* is gone, or is not what was kept."""

    def __init__(self, *, name: str) -> None:
        self.name = name
        super().__init__(f"artifact {name} is gone, or is not what was kept")


class ArtifactFolder:
    """Keeps artifacts in *folder*; a bucket with Object Lock offers the same where evidence must be beyond deletion."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, content: bytes) -> str:
        """Keep *content* under *name*, read-only and on disk, and return its digest.

        Raises:
            ArtifactDiffers: *name* is taken by something else.
        """
        file, offered = self._folder / name, digest_of_bytes(content)
        try:
            write_once(file, content, _READ_ONLY)
        except FileExistsError:
            kept = digest_of_bytes(file.read_bytes())
            if kept != offered:
                raise ArtifactDiffers(name=name, kept=kept, offered=offered) from None
        return offered

    def read(self, name: str, digest: str) -> bytes:
        """Return what was kept under *name*.

        Raises:
            ArtifactDamaged: it is gone, or is not that of *digest*.
        """
        try:
            content = (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise ArtifactDamaged(name=name) from None
        if digest_of_bytes(content) != digest:
            raise ArtifactDamaged(name=name)
        return content
