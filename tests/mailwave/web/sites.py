"""The pages of a small ledger, served on loopback for a browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from starlette.types import ASGIApp

from mailwave.adapters.ledger import Ledger
from mailwave.core.forecast.summary import Ends, Night
from mailwave.core.pictures.view import View
from mailwave.core.progress import Sighting
from mailwave.core.states import MailboxState
from mailwave.runbooks.acting import acting
from mailwave.runbooks.watch_move import WatchMove
from mailwave.runbooks.wave.governing import ACT as GOVERNED
from mailwave.runbooks.wave.holding import CONTACTS, FAILURES, HOLD
from mailwave.runbooks.wave.stop_loss import CALLED
from mailwave.web import serving
from mailwave.web.patience import Patient
from mailwave.wiring.pages import watch_move
from mailwave.wiring.settings import Settings
from tests.mailwave.adapters.ledgers import (
    MAILBOXES,
    ORGANISATIONS,
    PERMISSIONS,
    TestClock,
    a_plan,
    an_empty_ledger,
    step,
)
from tests.mailwave.builders import REASON, a_right, guid

ENDS = Ends(date(2026, 9, 30), date(2026, 10, 2), date(2026, 10, 9), date(2026, 12, 1))
FORESEEN = View(
    "rehearsal",
    4,
    [
        Night(date(2026, 9, 15), planned=4, due=4, p50=3, p90=2, at_risk=0.2, limit=None),
        Night(date(2026, 10, 2), planned=0, due=4, p50=4, p90=3, at_risk=0.1, limit=None),
        Night(date(2026, 10, 9), planned=0, due=4, p50=4, p90=4, at_risk=0.0, limit=None),
    ],
    ENDS,
)


@contextmanager
def served(app: ASGIApp, listener: socket.socket, http: type[Patient] = Patient) -> Iterator[None]:
    """Serve *app* on the socket *listener* for the time of the block, as the command does."""
    server = serving.server(app, http=http)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=20)


def a_listener() -> socket.socket:
    """A socket of this machine's on a free port."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # else asyncio holds small parts back
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # who comes before the server does waits for it
    return listener


def address(listener: socket.socket) -> str:
    """How a browser reaches what listens there."""
    return f"http://localhost:{listener.getsockname()[1]}"


def a_night(place: Path, clock: TestClock) -> Ledger:
    """A ledger in the middle of a night: some on their way, one moved, one failed, one kept out, a stall, a hold."""
    ledger = an_empty_ledger(place, clock)
    ledger.import_estate(ORGANISATIONS, MAILBOXES, [*PERMISSIONS, a_right(4, 1)], REASON)
    ledger.save_plan(a_plan(0, 1, 2, 3), REASON)
    s = MailboxState
    for n in range(4):
        ledger.move_state(step(n, s.SYNCING), REASON)
    for state in (s.SYNCED, s.COMPLETING, s.MOVED):
        ledger.move_state(step(0, state), REASON)
    ledger.move_state(step(1, s.SYNCED), REASON)
    ledger.move_state(step(2, s.FAILED), REASON)
    ledger.move_state(step(4, s.DEFERRED), REASON)
    ledger.record_poll(
        [Sighting(guid(3), "Syncing", 40, 10, 5, "StalledDueToTarget_DiskLatency")], [], REASON
    )
    with acting(ledger, act=CALLED, subject="W15", reason=REASON, detail={CONTACTS: 7}):
        pass
    detail = {
        FAILURES: 4,
        CONTACTS: 7,
        "why": "7 contacts at the service desk, of which ring canary allows 5",
    }
    with acting(ledger, act=HOLD, subject="W15", reason=REASON, detail=detail):
        pass
    limits = {
        "from": {"migrations": 100},
        "to": {"migrations": 80},
        "why": "the target stalls 43 % of the moves that were looked at",
    }
    with acting(ledger, act=GOVERNED, subject="leeds", reason=REASON, detail=limits):
        pass
    return ledger


def a_watch(ledger: Ledger, clock: TestClock) -> WatchMove:
    """What looks at it, by the rehearsal's rules and the clock of the test."""
    return replace(watch_move(Settings.load("rehearsal"), ledger), clock=clock)
