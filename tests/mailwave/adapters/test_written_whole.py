"""A file is whole or as it was."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mailwave.adapters.written_whole import write_whole


def test_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    """It should write a new file and over an old one, and leave nothing beside it."""
    file = tmp_path / "report.html"
    for data in (b"first", b"second"):
        write_whole(file, data)
        assert (file.read_bytes(), list(tmp_path.iterdir())) == (data, [file])


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should leave the old file whole, and nothing beside it, when the disk is full."""
    file = tmp_path / "report.html"
    file.write_bytes(b"first")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, b"second")
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (b"first", [file])


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """It should write to what is no file as it is, and not put one in its place."""
    reading, writing = os.pipe()
    write_whole(Path(f"/dev/fd/{writing}"), b"all")
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"all"
