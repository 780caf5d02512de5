"""A simulated name server on a socket of this machine, whose zones a test can change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from rehearsal.name_service import Connection, Records


@dataclass
class NameServer:
    """Where it answers, and the records of each name; None of one whose servers do not answer."""

    place: tuple[str, int]
    zones: dict[str, Records | None] = field(default_factory=dict)

    def holds(self, zones: Mapping[str, Records | None]) -> None:
        """Hold *zones* and nothing else."""
        self.zones.clear()
        self.zones.update(zones)


@contextmanager
def name_server() -> Iterator[NameServer]:
    """One, for the time of the block."""
    server = NameServer(("", 0))
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        loop.create_server(lambda: Connection(lambda name: server.zones.get(name, {})), "127.0.0.1", 0)
    )
    server.place = listening.sockets[0].getsockname()[:2]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        listening.close()
        loop.run_until_complete(listening.wait_closed())
        loop.close()
