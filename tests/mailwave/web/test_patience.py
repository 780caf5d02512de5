"""Readers who stop reading, on real sockets: they hold little, slow nobody, and are let go."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from mailwave.web.live import Live, frame
from mailwave.web.patience import HELD, Patient
from tests.mailwave.web.sites import a_listener, served

SIZE = 100_000
"""Bytes of a frame."""

HELD_AT_MOST = 4 * HELD + SIZE
"""What may wait for a reader: here, and in the kernel, which takes twice what it is told on each side."""


class Hasty(Patient):
    """One that lets go soon."""

    patience = 0.1


@contextmanager
def a_stream(http: type[Patient]) -> Iterator[tuple[Live, tuple[str, int]]]:
    """A live stream of numbered frames, a new one at each look, and where it is served."""
    numbers = count()
    live = Live(lambda: frame(f"n{next(numbers)}", "x" * SIZE), seconds=0.001)

    async def stream(_: Request) -> StreamingResponse:
        return StreamingResponse(live.stream(), media_type="text/event-stream")

    listener = a_listener()
    app = Starlette(routes=[Route("/", stream)], lifespan=lambda _: live.reading())
    with served(app, listener, http):
        yield live, listener.getsockname()


@contextmanager
def a_reader(place: tuple[str, int], *, small: bool = False) -> Iterator[socket.socket]:
    """Somebody who has asked for the stream; one with a *small* buffer takes little before they read."""
    with socket.socket() as made:
        if small:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.settimeout(30)
        made.connect(place)
        made.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        yield made


def frames(reader: socket.socket) -> Iterator[int]:
    """The numbers of the frames that come."""
    rest = b""
    while part := reader.recv(65_536):
        rest += part
        *whole, rest = rest.split(b"event: n")
        yield from (int(found[0]) for each in whole if (found := re.match(rb"\d+", each)))


def test_who_does_not_read_is_let_go() -> None:
    """It should end the connection of a reader who takes nothing for a while, forget what waits, and go on."""
    with a_stream(Hasty) as (live, place), a_reader(place, small=True) as slow, a_reader(place) as quick:
        slow.recv(64)
        seen = frames(quick)
        while live.open < 2:
            next(seen)
        assert any(live.open == 1 for _, _ in zip(range(3_000), seen, strict=False))
        left = 0
        with suppress(ConnectionResetError):
            while part := slow.recv(65_536):
                left += len(part)
        assert left <= HELD_AT_MOST
        assert next(seen) > 0


def test_who_reads_again_gets_the_newest() -> None:
    """It should let a reader who was away skip all but the few frames that wait for them already."""
    with a_stream(Patient) as (live, place), a_reader(place, small=True) as slow, a_reader(place) as quick:
        slow.recv(64)
        seen = frames(quick)
        while live.open < 2:
            next(seen)
        away = [next(seen) for _ in range(50)][-1]
        old = 0
        for number in frames(slow):
            if number >= away:
                break
            old += 1
        assert old <= HELD_AT_MOST // SIZE + 1
        assert 2 == live.open
