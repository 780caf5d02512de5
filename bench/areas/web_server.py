"""Serves the pages of a ledger for a load, as `mailwave serve` does, until its standard input ends.

`python -m bench.areas.web_server URL ADDRESS ...` prints its port and a session of each person with one of the
addresses, all of whom operate, in one line.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import uvicorn

from bench.areas.live_stores import NOW
from mailwave.adapters.ledger import Ledger
from mailwave.core.visitors import OPERATE, Signed, Visitor
from mailwave.web import serving
from mailwave.web.app import Entrance, Readers, Site, application
from mailwave.web.sessions import Sessions
from mailwave.wiring.pages import Office, watch_move
from mailwave.wiring.settings import Settings


def main(url: str, addresses: Sequence[str]) -> None:
    """Serve the pages of the ledger at *url* to the people with those *addresses*."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # else asyncio holds small parts back
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = Settings.load("rehearsal")
    with Ledger.open(url, lambda: NOW) as ledger:
        sessions = Sessions(lambda: datetime.now(UTC))
        app = application(
            Site(f"http://localhost:{port}", serving.MODULES),
            Readers(watch_move(settings, ledger).look, lambda: None),
            Entrance(None, Visitor, sessions),
            Office(settings, ledger),
        )
        people = [Signed(each, each, "Bench", frozenset({OPERATE})) for each in addresses]
        print(port, *(sessions.open(Visitor(each)) for each in people), flush=True)
        server = serving.server(app)
        threading.Thread(target=_until_told, args=(server,), daemon=True).start()
        serving.run(server, [listener])


def _until_told(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
