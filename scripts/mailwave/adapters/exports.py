"""Files that somebody exported, read piece by piece, so that none of them can fill the memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mailwave.core.bad_rows import Faults

LONGEST_LINE = 1 << 20
"""Bytes. A row of an export is some 2,000 long, and some 20,000 for a group with many managers."""

MOST = 2 << 30
"""Bytes of one file: three times what the nation's mailboxes take."""

_PIECE = 1 << 18


def contents(files: Iterable[Path]) -> dict[str, bytes]:
    """The content of *files*, by their names.

    Raises:
        BadRows: a file is too large, or a line of one is too long; it is not read any further.
        OSError: a file cannot be read.
    """
    faults = Faults()
    found = {str(file): _content(file, faults) for file in files}
    faults.refuse_if_any()
    return found


def _content(file: Path, faults: Faults) -> bytes:
    pieces: list[bytes] = []
    size, line, since = 0, 1, 0
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE):
            ends = piece.count(b"\n")
            first = piece.find(b"\n")
            longest = since + (first if ends else len(piece))
            since = len(piece) - piece.rfind(b"\n") - 1 if ends else since + len(piece)
            size += len(piece)
            if longest > LONGEST_LINE:
                faults.add(
                    str(file), line, f"is longer than {LONGEST_LINE:,} bytes; nothing after it was read"
                )
                return b""
            if size > MOST:
                faults.add(str(file), 0, f"is larger than {MOST:,} bytes; export it by site, or as Parquet")
                return b""
            line += ends
            pieces.append(piece)
    return b"".join(pieces)
