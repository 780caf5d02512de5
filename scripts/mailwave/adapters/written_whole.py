"""Files that are whole or as they were: a full disk, or a kill, leaves no half of one under its name."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(file: Path, data: bytes) -> None:
    """Write *file* in place of whatever it holds; what is no file, such as ``/dev/stdout``, is written to as it is.

    Raises:
        OSError: it cannot be written. What it held before, it holds.
    """
    if file.exists() and not file.is_file():
        file.write_bytes(data)
        return
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(file)
    except OSError as error:  # says the name that the reader knows
        raise OSError(error.errno, error.strerror, str(file)) from error
    finally:
        part.unlink(missing_ok=True)
