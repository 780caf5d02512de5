"""Asks for pages at a steady rate, whatever the answers take, beside open live streams: a process of its own.

`python -m bench.areas.web_load PORT SESSION RATE SECONDS STREAMS` prints what it found as JSON. The time of an answer
counts from the moment at which it was to be asked for, so that a server that stops is not asked less. One stream more
is opened than is asked for, and reads nothing after its first bytes.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

HOST = "127.0.0.1"
PATHS = ("/", "/?client=outlook", "/?client=phone", "/mine")
"""Asked for in turn; the last one reads the ledger for a person."""

PATIENCE = 20.0
"""Seconds after which an answer has failed."""

FIRST_FRAMES = 5.0
"""Seconds that the streams are given to begin."""


class Found(msgspec.Struct):
    """What a load found: *milliseconds* of each answer in order, how many *failed*, what each stream has got.

    *frames* are those of each quick stream; *processor* is this process's own seconds, *late* the longest that it was
    behind its own plan, in milliseconds: where that is large, the figures are this process's and not the server's.
    """

    milliseconds: list[float]
    failed: int
    frames: list[int]
    slow_open: bool
    processor: float
    seconds: float
    late: float


@dataclass
class Asker:
    """Asks on connections that are kept, one question at a time on each."""

    port: int
    session: str
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(self, path: str) -> bool:
        """Whether *path* was answered with 200, whole."""
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(HOST, self.port)
        writer.write(self.request(path))
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(size)
        self.idle.append((reader, writer))
        return head.startswith(b"HTTP/1.1 200")

    def request(self, path: str) -> bytes:
        """The bytes of a question."""
        cookie = f"cookie: __Host-mailwave={self.session}\r\n"
        return f"GET {path} HTTP/1.1\r\nhost: localhost:{self.port}\r\n{cookie}\r\n".encode()


async def _stream(asker: Asker, frames: list[int], place: int) -> None:
    reader, writer = await asyncio.open_connection(HOST, asker.port)
    writer.write(asker.request("/operators/stream"))
    while part := await reader.read(65_536):
        frames[place] += part.count(b"event: board")


async def _slow_stream(asker: Asker) -> socket.socket:
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(slow, (HOST, asker.port))
    await loop.sock_sendall(slow, asker.request("/operators/stream"))
    await loop.sock_recv(slow, 64)
    return slow


async def load(port: int, session: str, rate: float, seconds: float, streams: int) -> Found:
    """Ask *rate* times a second beside so many *streams*."""
    asker, frames = Asker(port, session), [0] * streams
    slow = await _slow_stream(asker)
    open_ = [asyncio.create_task(_stream(asker, frames, place)) for place in range(streams)]
    await asyncio.sleep(FIRST_FRAMES)
    taken: list[float] = []
    failed, late = 0, 0.0
    began, used = time.perf_counter(), time.process_time()

    async def one(due: float, path: str) -> None:
        nonlocal failed
        try:
            async with asyncio.timeout(PATIENCE):
                good = await asker.ask(path)
        except (OSError, TimeoutError, IndexError, asyncio.IncompleteReadError):
            good = False
        failed += not good
        taken.append((time.perf_counter() - due) * 1000)

    async with asyncio.TaskGroup() as asked:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            late = max(late, (time.perf_counter() - due) * 1000)
            asked.create_task(one(due, PATHS[number % len(PATHS)]))
    processor, took = time.process_time() - used, time.perf_counter() - began
    for each in open_:
        each.cancel()
    await asyncio.gather(*open_, return_exceptions=True)
    is_open = slow.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    slow.close()
    return Found(sorted(taken), failed, sorted(frames), is_open, processor, took, late)


def main(arguments: Sequence[str]) -> None:
    """Load the server as the *arguments* say, and print what was found."""
    port, session, rate, seconds, streams = arguments
    found = asyncio.run(load(int(port), session, float(rate), float(seconds), int(streams)))
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main(sys.argv[1:])
