"""Serves the pages: one process, one loop; whatever reads the ledger does so in threads."""

from __future__ import annotations

import uvicorn

from mailwave.web.app import Readers, Site, application
from mailwave.wiring import pages
from mailwave.wiring.settings import ROOT, Settings

HOST = "127.0.0.1"
MODULES = ROOT / ".cache" / "web" / "node_modules"
"""Where `make setup` installs what pages are dressed with."""


def serve(settings: Settings, url: str, port: int) -> None:
    """Serve the pages of *settings*, which browsers reach at *url*, on *port* until a signal ends it.

    Raises `NotInstalled` where what pages are dressed with is missing.
    """
    with settings.ledger() as ledger, pages.Foreseen(settings) as foreseen:
        readers = Readers(pages.watch_move(settings, ledger).look, foreseen.ends)
        uvicorn.run(
            application(Site(url, MODULES), readers),
            host=HOST,
            port=port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=1,
            access_log=False,  # an address may be a person's
        )
