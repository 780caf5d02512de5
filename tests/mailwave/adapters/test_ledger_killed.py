"""A process that polls is killed by SIGKILL again and again: each poll is there whole, or not at all.

`KILLS` says how often; `make prove` kills many times.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from mailwave.adapters.ledger import Ledger
from mailwave.core.amendments import Amendment, Transfer
from mailwave.core.progress import Face, Sighting
from mailwave.core.states import IN_FLIGHT, MailboxState, Transition
from tests.mailwave.adapters.ledgers import MAILBOXES, a_ledger, a_plan, an_empty_ledger, step
from tests.mailwave.builders import NOW, REASON, guid

S = MailboxState
KILLS = int(os.environ.get("KILLS", "3"))
ROOT = Path(__file__).resolve().parents[3]
ROUND = {S.SYNCING: S.SYNCED, S.SYNCED: S.COMPLETING, S.COMPLETING: S.SYNCED}
FLYING = range(4)


def work(url: str) -> None:
    """Poll for ever: everybody in flight takes the same step, and one mailbox changes its organisation."""
    with Ledger.open(url, lambda: NOW) as ledger:
        print("ready", flush=True)
        n = 0
        while True:
            n += 1
            records = [record for record in ledger.mailboxes() if record.state in IN_FLIGHT]
            steps = [Transition(record.mailbox.guid, ROUND[record.state], "poll") for record in records]
            seen = [Sighting(record.mailbox.guid, "Syncing", n % 95, n, n) for record in records]
            ledger.record_poll(seen, steps, REASON)
            code = next(r.mailbox.organisation for r in ledger.mailboxes() if r.mailbox.guid == guid(0))
            other = "A81001" if code == "RR8" else "RR8"
            ledger.amend_estate(Amendment(transfers=(Transfer(guid(0), other),)), REASON)


def test_a_killed_poll_is_whole_or_nothing(ledger_url: str) -> None:
    """It should leave everybody in one state, the counts conserved, and a journal that leads to the tables."""
    ledger = a_ledger(ledger_url)
    ledger.save_plan(a_plan(*FLYING), REASON)
    ledger.move_state([change for n in FLYING for change in step(n, S.SYNCING)], REASON)
    ledger.close()
    moments = random.Random(7)

    for _ in range(KILLS):
        command = [sys.executable, "-m", __name__, ledger_url]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert "ready\n" == process.stdout.readline()
            time.sleep(moments.random() / 10)
            process.send_signal(signal.SIGKILL)
        with an_empty_ledger(ledger_url) as again:
            again.verify_journal()
            flights = again.flights()
            assert (len(FLYING), 1, 1) == (
                len(flights),
                len({flight.state for flight in flights}),
                len({flight.bytes_moved for flight in flights}),
            )
            assert len(MAILBOXES) == again.total().accounted == again.dashboard(Face.SITE).planned


if __name__ == "__main__":
    work(sys.argv[1])
