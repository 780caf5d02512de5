"""Serves the pages of a ledger for a load: `python -m bench.areas.web_server URL`, until its standard input ends.

It prints its port and the session of somebody who operates and has a mailbox, in one line.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from datetime import UTC, datetime

import uvicorn

from bench.areas.live_stores import NOW
from mailwave.adapters.ledger import Ledger
from mailwave.core.visitors import OPERATE, Signed, Visitor
from mailwave.web.app import Entrance, Readers, Site, application
from mailwave.web.serving import MODULES
from mailwave.web.sessions import Sessions
from mailwave.wiring.pages import Office, watch_move
from mailwave.wiring.settings import Settings

SECONDS = 2.0
"""Between two looks of the reader."""


def main(url: str) -> None:
    """Serve the pages of the ledger at *url*."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    settings = Settings.load("rehearsal")
    with Ledger.open(url, lambda: NOW) as ledger:
        watch, office = watch_move(settings, ledger), Office(settings, ledger)
        sessions = Sessions(lambda: datetime.now(UTC))
        person = Signed("bench", "person7@nhsmail.example", "Bench", frozenset({OPERATE}))
        entrance = Entrance(None, Visitor, sessions)
        app = application(
            Site(f"http://localhost:{port}", MODULES, SECONDS),
            Readers(watch.look, lambda: None),
            entrance,
            office,
        )
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        print(port, sessions.open(Visitor(person)), flush=True)
        threading.Thread(target=_until_told, args=(server,), daemon=True).start()
        asyncio.run(server.serve(sockets=[listener]))


def _until_told(server: uvicorn.Server) -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    main(sys.argv[1])
