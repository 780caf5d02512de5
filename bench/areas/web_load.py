"""Asks for pages at a steady rate, whatever the answers take, beside open dashboards: a process of its own.

`python -m bench.areas.web_load` reads an `Asked` from its standard input and prints what it `Found`, both as JSON. The
time of an answer counts from the moment at which it was to be asked for, so that a server that stops is not asked less.
A dashboard is a live stream, and asks for each chart that a frame names anew, as a browser does. One stream more is
opened than is asked for, and reads nothing after its first bytes.
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import time
from dataclasses import dataclass, field

import msgspec

HOST = "127.0.0.1"
PATHS = ("/", "/mine", "/?client=phone", "/mine")
"""Asked for in turn, each time by somebody else; `/mine` reads the ledger for a person."""

PATIENCE = 20.0
"""Seconds after which an answer has failed."""

_CHART = re.compile(rb"/operators/charts/[a-z0-9-]+\.svg")
_FRAME = b"event: board"


class Asked(msgspec.Struct):
    """What to ask of whom: the server's *port*, the *sessions* of those who ask, the first of them an operator's.

    The streams are given *settling* seconds to begin.
    """

    port: int
    sessions: list[str]
    rate: float
    seconds: float
    streams: int
    settling: float


class Found(msgspec.Struct):
    """What a load found: *milliseconds* of each answer in order, how many *failed*, what each stream has got.

    *charts* are the milliseconds of each chart that a stream named, in order. *slow* are the bytes that the slow stream
    was sent, and *let_go* whether it was ended for that. *processor* is this process's own seconds, *late* the longest
    that it was behind its own plan, in milliseconds: where that is large, the figures are this process's.
    """

    milliseconds: list[float]
    failed: int
    frames: list[int]
    charts: list[float]
    slow: int
    let_go: bool
    processor: float
    seconds: float
    late: float


@dataclass
class Asker:
    """Asks on connections that are kept, one question at a time on each."""

    port: int
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(self, path: str, session: str) -> bool:
        """Whether *path* was answered with 200, whole, in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._answered(path, session)
        except (OSError, TimeoutError, IndexError, asyncio.IncompleteReadError):
            return False

    async def _answered(self, path: str, session: str) -> bool:
        while self.idle and self.idle[-1][0].at_eof():  # the server lets go of what is not used
            self.idle.pop()[1].close()
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(HOST, self.port)
        writer.write(request(self.port, path, session))
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(size)
        self.idle.append((reader, writer))
        return head.startswith(b"HTTP/1.1 200")


def request(port: int, path: str, session: str) -> bytes:
    """The bytes of a question."""
    lines = (f"GET {path} HTTP/1.1", f"host: localhost:{port}", "accept-encoding: gzip")
    return "\r\n".join((*lines, f"cookie: __Host-mailwave={session}", "", "")).encode()


@dataclass
class Dashboard:
    """An open dashboard: its frames, and the milliseconds of each chart that it asked for."""

    asker: Asker
    session: str
    frames: int = 0
    charts: list[float] = field(default_factory=list)
    failed: int = 0
    _known: set[bytes] = field(default_factory=set)

    async def run(self) -> None:
        """Read frames, and ask for the charts that are new in each."""
        reader, writer = await asyncio.open_connection(HOST, self.asker.port)
        writer.write(request(self.asker.port, "/operators/stream", self.session))
        while True:
            frame = await reader.readuntil(b"\n\n")
            self.frames += frame.count(_FRAME)
            for chart in sorted(set(_CHART.findall(frame)) - self._known):
                self._known.add(chart)
                began = time.perf_counter()
                self.failed += not await self.asker.ask(chart.decode(), self.session)
                self.charts.append((time.perf_counter() - began) * 1000)


async def _slow_stream(port: int, session: str) -> socket.socket:
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(slow, (HOST, port))
    await loop.sock_sendall(slow, request(port, "/operators/stream", session))
    await loop.sock_recv(slow, 64)
    return slow


async def _rest(slow: socket.socket) -> tuple[int, bool]:
    """The bytes that still come, and whether the connection is at its end after them."""
    size = 0
    try:
        async with asyncio.timeout(1):
            while part := await asyncio.get_running_loop().sock_recv(slow, 65_536):
                size += len(part)
    except TimeoutError:
        return size, False
    except OSError:
        pass
    return size, True


async def load(asked: Asked) -> Found:
    """Ask as *asked*."""
    asker, operator = Asker(asked.port), asked.sessions[0]
    slow = await _slow_stream(asked.port, operator)
    boards = [Dashboard(Asker(asked.port), operator) for _ in range(asked.streams)]
    open_ = [asyncio.create_task(board.run()) for board in boards]
    await asyncio.sleep(asked.settling)
    for board in boards:
        board.charts.clear()
    taken: list[float] = []
    failed, late = 0, 0.0
    began, used = time.perf_counter(), time.process_time()

    async def one(due: float, path: str, session: str) -> None:
        nonlocal failed
        failed += not await asker.ask(path, session)
        taken.append((time.perf_counter() - due) * 1000)

    async with asyncio.TaskGroup() as asking:
        for number in range(int(asked.rate * asked.seconds)):
            due = began + number / asked.rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            late = max(late, (time.perf_counter() - due) * 1000)
            session = asked.sessions[number % len(asked.sessions)]
            asking.create_task(one(due, PATHS[number % len(PATHS)], session))
    processor, took = time.process_time() - used, time.perf_counter() - began
    broken = sum(each.done() for each in open_)
    for each in open_:
        each.cancel()
    await asyncio.gather(*open_, return_exceptions=True)
    size, let_go = await _rest(slow)
    slow.close()
    return Found(
        sorted(taken),
        failed + broken + sum(board.failed for board in boards),
        sorted(board.frames for board in boards),
        sorted(each for board in boards for each in board.charts),
        size,
        let_go,
        processor,
        took,
        late,
    )


def main() -> None:
    """Load the server as is asked for, and print what was found."""
    asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(load(asked))))


if __name__ == "__main__":
    main()
