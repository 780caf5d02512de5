"""Files of others, read piece by piece."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from mailwave.adapters import exports
from mailwave.adapters.exports import LONGEST_LINE, contents
from mailwave.core.bad_rows import BadRows


def test_a_file_comes_back_whole(tmp_path: Path) -> None:
    """It should give the bytes of every file by its name, whatever its lines end with."""
    file = tmp_path / "m.csv"
    content = b"a,b\r\n" * 200_000 + b"no end"
    file.write_bytes(content)
    assert {str(file): content} == contents([file])


def test_the_longest_line_that_is_taken(tmp_path: Path) -> None:
    """It should take a line of exactly the longest, wherever a piece of reading ends, and none that is longer."""
    file = tmp_path / "m.csv"
    file.write_bytes(b"short\n" + b"x" * LONGEST_LINE + b"\nend")
    assert 1 == len(contents([file]))
    file.write_bytes(b"short\n" + b"x" * (LONGEST_LINE + 1) + b"\nend")
    with pytest.raises(BadRows, match=f"{file}:2: is longer than 1,048,576 bytes"):
        contents([file])


def test_a_line_of_a_gigabyte_is_refused_while_it_is_read(tmp_path: Path) -> None:
    """It should name the line, and never hold more of the file than a few pieces."""
    file = tmp_path / "m.csv"
    with file.open("wb") as stream:
        stream.write(b"head\n")
        stream.truncate(1 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(BadRows, match=f"{file}:2: is longer"):
        contents([file])

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_a_file_of_endless_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It should stop at the largest size that a file may have."""
    monkeypatch.setattr(exports, "MOST", 1 << 20)
    file = tmp_path / "m.csv"
    file.write_bytes(b"a,b\n" * (1 << 19))
    with pytest.raises(BadRows, match="is larger than 1,048,576 bytes"):
        contents([file])


def test_every_file_is_looked_at(tmp_path: Path) -> None:
    """It should name the long lines of all files at once."""
    files = [tmp_path / name for name in ("a.csv", "b.csv")]
    for file in files:
        file.write_bytes(b"x" * (LONGEST_LINE + 2))
    with pytest.raises(BadRows) as caught:
        contents(files)
    assert [str(file) for file in files] == [bad.file for bad in caught.value.rows]
