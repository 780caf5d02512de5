"""One run of a ledger at a time: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process runs this ledger's waves; *holder* says which."""

    def __init__(self, *, holder: str) -> None:
        self.holder = holder
        super().__init__(f"the waves of this ledger are being run already, by {holder}")


@contextmanager
def run_lock(file: Path) -> Iterator[None]:
    """Hold *file* for the time of the block; raise `AlreadyRunning` when another process does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(holder=lock.read().strip() or "another process") from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()
        yield
