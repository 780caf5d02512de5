"""One reader for all live streams: it looks once in a while, makes one frame, and every stream sends the same bytes.

A stream keeps no queue. Whoever reads slowly is given the newest frame when they are ready for one, and holds nobody
up: what waits for them is one frame at most, and for how long is for `patience` to say.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

_LOG = logging.getLogger(__name__)

PING = b": still here\n\n"
PING_SECONDS = 15.0
"""What is sent where nothing has changed, so that proxies keep the stream open and a gone reader is found."""

TURNS = 20
SPREAD = 0.2
"""Streams are given a newer frame in so many turns, over this part of the time between two looks: each screen then asks
for its charts, and somebody who wants a page meanwhile is not to wait for all of them."""


def frame(event: str, text: str) -> bytes:
    """An event of the stream, as the HTML standard has it."""
    lines = "".join(f"data: {line}\n" for line in text.splitlines())
    return f"event: {event}\n{lines}\n".encode()


@dataclass
class Live:
    """Looks by *make*, in a thread, every so many *seconds*; what it returns is the newest frame.

    *most* streams may be open at a time.
    """

    make: Callable[[], bytes]
    seconds: float
    most: int = 500
    newest: bytes = field(default=b"", init=False)
    open: int = field(default=0, init=False)
    _number: int = field(default=0, init=False)
    _changed: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _closing: bool = field(default=False, init=False)
    _turns: itertools.cycle[int] = field(default_factory=lambda: itertools.cycle(range(TURNS)), init=False)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Read for as long as the block lasts."""
        reader = asyncio.create_task(self._read())
        reader.add_done_callback(self._ended)
        try:
            yield
        finally:
            self.close()
            reader.cancel()
            await asyncio.wait([reader])

    def close(self) -> None:
        """End every stream."""
        self._closing = True
        self._changed.set()

    def _ended(self, reader: asyncio.Task[None]) -> None:
        """End every stream when the *reader* has failed: no screen may show an old look as if it were the newest."""
        if not reader.cancelled() and (why := reader.exception()):
            _LOG.critical("nothing is read for the pages any more", exc_info=why)
            self.close()

    @property
    def is_full(self) -> bool:
        """Whether no more streams may be opened."""
        return self.open >= self.most

    async def stream(self) -> AsyncIterator[bytes]:
        """The newest frame, and each newer one that the reader is ready for."""
        self.open += 1
        turn = next(self._turns) * self.seconds * SPREAD / TURNS
        seen = 0
        try:
            while not self._closing:
                if self._number > seen:
                    seen = self._number
                    yield self.newest
                    continue
                try:
                    async with asyncio.timeout(PING_SECONDS):
                        await self._changed.wait()
                except TimeoutError:
                    yield PING
                else:
                    await asyncio.sleep(turn)
        finally:
            self.open -= 1

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "reader") as own:  # pages that wait for a thread do not hold it up
            while True:  # until it is cancelled, and the last look has ended
                made = await loop.run_in_executor(own, self.make)
                if made != self.newest:
                    self.newest = made
                    self._number += 1
                    waiting, self._changed = self._changed, asyncio.Event()
                    waiting.set()
                await asyncio.sleep(self.seconds)
