"""A folder in which each name is written once."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mailwave.adapters.artifacts import ArtifactDiffers, ArtifactFolder
from mailwave.core.manifest import digest_of_bytes


def test_keeps_once(tmp_path: Path) -> None:
    """It should keep an artifact read-only, say its digest, take the same again, and never something else."""
    folder = ArtifactFolder(tmp_path / "artifacts")

    first, again = folder.keep("a.json", b"{}"), folder.keep("a.json", b"{}")
    with pytest.raises(ArtifactDiffers) as caught:
        folder.keep("a.json", b"[]")

    assert first == again == digest_of_bytes(b"{}") == caught.value.kept
    (file,) = (tmp_path / "artifacts").iterdir()
    assert file.read_bytes() == b"{}"
    assert stat.S_IMODE(file.stat().st_mode) == 0o440
