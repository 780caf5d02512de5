"""Serves the pages: one process, one loop; whatever reads the ledger does so in threads."""

from __future__ import annotations

from datetime import UTC, datetime

import uvicorn

from mailwave.web.app import Entrance, Readers, Site, application
from mailwave.web.sessions import Sessions
from mailwave.wiring import pages
from mailwave.wiring.settings import ROOT, Settings

HOST = "localhost"
"""Where it listens, and the only name for which browsers need no certificate to keep a session."""

MODULES = ROOT / ".cache" / "web" / "node_modules"
"""Where `make setup` installs what pages are dressed with."""


def serve(settings: Settings, url: str, port: int) -> None:
    """Serve the pages of *settings*, which browsers reach at *url*, on *port* until a signal ends it.

    Raises `NotInstalled` where what pages are dressed with is missing.
    """
    with settings.ledger() as ledger, pages.Foreseen(settings) as foreseen:
        readers = Readers(pages.watch_move(settings, ledger).look, foreseen.ends)
        office = pages.Office(settings, ledger)
        sessions = Sessions(lambda: datetime.now(UTC))
        entrance = Entrance(pages.sign_in(settings), office.visitor, sessions)
        uvicorn.run(
            application(Site(url, MODULES), readers, entrance, office),
            host=HOST,
            port=port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=1,
            access_log=False,  # an address may be a person's
        )
