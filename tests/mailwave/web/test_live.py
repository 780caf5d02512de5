"""One reader for every stream, and no reader who waits for another."""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import count

import pytest

from mailwave.web.live import Live, frame


def test_a_frame_is_an_event() -> None:
    """It should put each line of a text into a line of its own, so that none can end the event or begin another."""
    assert b"event: board\ndata: one\ndata: event: two\n\n" == frame("board", "one\nevent: two")


def test_a_look_serves_everybody() -> None:
    """It should look as often for a hundred streams as for one, and give each the same bytes."""

    async def scene() -> tuple[int, int]:
        looks = count()
        live = Live(lambda: frame("n", str(next(looks))), seconds=0.001)
        streams = [live.stream() for _ in range(100)]
        async with live.reading():
            first = [await anext(each) for each in streams]
            for each in streams:
                await each.aclose()
        return len(set(map(id, first))), live.open

    kinds, left_open = asyncio.run(scene())
    assert kinds <= 3  # a hundred reads may span a look or two
    assert 0 == left_open


def test_a_slow_reader_skips_what_is_old() -> None:
    """It should give a reader who was away the newest frame next, and the others all that they were ready for."""

    async def scene() -> tuple[bytes, list[bytes]]:
        now = bytearray(b"a")
        live = Live(partial(bytes, now), seconds=0.001)
        async with live.reading():
            slow, quick = live.stream(), live.stream()
            assert b"a" == await anext(slow)
            seen = [await anext(quick)]
            for letter in b"bcd":
                now[0] = letter
                seen.append(await anext(quick))
            after = await anext(slow)
            await slow.aclose()
            await quick.aclose()
        return after, seen

    assert (b"d", [b"a", b"b", b"c", b"d"]) == asyncio.run(scene())


def test_a_reader_that_fails_ends_every_stream(caplog: pytest.LogCaptureFixture) -> None:
    """It should show nobody an old look as the newest: streams end, and the log says why."""

    def look() -> bytes:
        if not looks:
            raise ZeroDivisionError("a look that fails")
        return looks.pop()

    async def scene() -> list[bytes]:
        live = Live(look, seconds=0.001)
        async with live.reading():
            return [each async for each in live.stream()]

    looks = [b"a"]
    assert [b"a"] == asyncio.run(scene())
    assert ["a look that fails"] == [str(each.exc_info[1]) for each in caplog.records if each.exc_info]


def test_a_stream_ends_with_the_server() -> None:
    """It should end every stream when the reading ends, so that a server can stop."""

    async def scene() -> list[bytes]:
        live = Live(lambda: b"a", seconds=0.001)
        async with live.reading():
            stream = live.stream()
            first = await anext(stream)
            rest = asyncio.create_task(anext(stream, b"ended"))
            await asyncio.sleep(0)
        return [first, await rest]

    assert [b"a", b"ended"] == asyncio.run(scene())
