"""Event loops for the Pulumi SDK, which expects one on every thread that it uses and would never close its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture(autouse=True)
def _loops() -> Iterator[None]:
    opened: list[asyncio.AbstractEventLoop] = []

    def open_loop() -> None:
        opened.append(asyncio.new_event_loop())
        asyncio.set_event_loop(opened[-1])

    open_loop()
    executor = ThreadPoolExecutor(initializer=open_loop)
    opened[0].set_default_executor(executor)
    yield
    executor.shutdown()
    asyncio.set_event_loop(None)
    for loop in opened:
        loop.close()
