"""A pool of slots at a migration endpoint; initial and incremental syncs have one each (fact B3)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

Begin = Callable[[], bool]
"""Takes the slot and returns True, or returns False if the slot is no longer wanted."""


class SlotPool:
    """Gives slots in the order in which they were asked for. *size* is asked each time, so it may change."""

    def __init__(self, size: Callable[[], int]) -> None:
        self._size = size
        self._waiting: deque[Begin] = deque()
        self.active = 0

    def ask(self, begin: Begin) -> None:
        """Call *begin* now or when a slot is free."""
        self._waiting.append(begin)
        self.fill()

    def release(self) -> None:
        """Give a slot back to the next who waits."""
        self.active -= 1
        self.fill()

    def fill(self) -> None:
        """Give out what is free; a smaller pool takes no slot away."""
        while self._waiting and self.active < self._size():
            self.active += 1
            if not self._waiting.popleft()():
                self.active -= 1
