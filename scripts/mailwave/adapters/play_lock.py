"""One run of a play at a time: a lock that its process inherits, so that it outlives a command that was killed."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0
"""Seconds in which a play ends whose command was killed: it looks once a second whether its command is still there."""

_PAUSE = 0.2


class PlayUnderWay(Exception):
    """*play* is being run by another command."""

    def __init__(self, *, play: str) -> None:
        self.play = play
        super().__init__(f"play {play} is being run by another command")


@contextmanager
def alone(file: Path, play: str, patience: float = PATIENCE) -> Iterator[tuple[int, ...]]:
    """Hold *file* for the time of the block, waiting *patience* seconds for it, and say by which descriptors.

    Whoever inherits them holds the lock too, for as long as it lives.

    Raises:
        PlayUnderWay: another process holds it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    with file.open("a+", encoding="ascii") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise PlayUnderWay(play=play) from None
                time.sleep(_PAUSE)
        yield (lock.fileno(),)
