"""Files that are written once: whole or not at all, on the disk, and never over another one."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MODE = 0o600


def write_once(file: Path, data: bytes, mode: int = MODE) -> Path:
    """Write *file*, whose folder is made where there is none, and return it.

    Raises:
        FileExistsError: it is there. What it holds is whole, and stays as it is.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".part-") as part:
        part.write(data)
        part.flush()
        os.fsync(part.fileno())
        os.fchmod(part.fileno(), mode)
        file.hardlink_to(part.name)  # fails where the name is taken, unlike a rename
    return file
