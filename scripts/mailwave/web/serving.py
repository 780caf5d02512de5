"""Serves the pages: one process, one loop; whatever reads the ledger does so in threads."""

from __future__ import annotations

import socket
import sys
from datetime import UTC, datetime

import uvicorn
from starlette.types import ASGIApp

from mailwave.web.app import Entrance, Readers, Site, application
from mailwave.web.patience import Patient
from mailwave.web.sessions import Sessions
from mailwave.wiring import pages
from mailwave.wiring.settings import ROOT, Settings

HOST = "localhost"
"""Where it listens, and the only name for which browsers need no certificate to keep a session."""

MODULES = ROOT / ".cache" / "web" / "node_modules"
"""Where `make setup` installs what pages are dressed with."""

KEPT = 75
"""Seconds that a connection is kept for its next question: longer than proxies keep theirs, or they find it closed."""

TURN = 0.001
"""Seconds that a thread may compute while the loop waits for its turn; Python's own 0.005 are felt at each answer."""


def server(app: ASGIApp, port: int = 0, http: type[Patient] = Patient) -> uvicorn.Server:
    """What serves *app* on *port*, or on sockets that it is given."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=HOST,
            port=port,
            http=http,
            loop="asyncio",
            ws="none",
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=KEPT,
            access_log=False,  # an address may be a person's
        )
    )


def run(made: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
    """Serve until a signal ends it."""
    sys.setswitchinterval(TURN)
    made.run(sockets)


def serve(settings: Settings, url: str, port: int) -> None:
    """Serve the pages of *settings*, which browsers reach at *url*, on *port* until a signal ends it.

    Raises `NotInstalled` where what pages are dressed with is missing.
    """
    with settings.ledger() as ledger, pages.Foreseen(settings, ledger) as foreseen:
        readers = Readers(pages.watch_move(settings, ledger).look, foreseen.view)
        office = pages.Office(settings, ledger)
        sessions = Sessions(lambda: datetime.now(UTC))
        entrance = Entrance(pages.sign_in(settings), office.visitor, sessions)
        run(server(application(Site(url, MODULES), readers, entrance, office), port))
