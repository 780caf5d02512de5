"""`python -m rehearsal.exchange_online.evening 22000`: what an evening of so many mailboxes costs, as JSON.

The mailboxes are synced in batches and then completed, in virtual time and without sockets, with the slots that an
endpoint has by default, so the evening lasts as many days as those slots make it last.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, replace

import msgspec

from rehearsal import draws
from rehearsal.estate import GIB, Estate, Mailbox, generate
from rehearsal.exchange_online.lab import Lab

SEED = 7
BATCH = 2000
SERVERS = 20
"""So many that the endpoint's slots, and not the ten moves of each server (fact C5), are what moves wait for."""
POLL_HOURS = 6
_BUSY = ("Starting", "Syncing")


@dataclass(frozen=True)
class Cost:
    """*seconds* are CPU; *making* the batches is part of *syncing*. *days* are virtual."""

    mailboxes: int
    making: float
    syncing: float
    completing: float
    days: float

    @property
    def seconds(self) -> float:
        """From the first batch made to the last mailbox moved."""
        return self.syncing + self.completing


def measure(mailboxes: int) -> Cost:
    """Move *mailboxes* mailboxes and return what it cost."""
    lab = Lab(estate=_estate(mailboxes))
    addresses, start = lab.addresses, lab.clock.now
    names = [f"wave-{n // BATCH}" for n in range(0, mailboxes, BATCH)]
    began = time.process_time()
    for n, name in enumerate(names):
        lab.start_batch(name, CSVData=lab.listed(addresses[n * BATCH : (n + 1) * BATCH]))
    made = time.process_time()
    while any(lab.batch_status(name) in _BUSY for name in names):
        lab.advance(hours=POLL_HOURS)
    synced = time.process_time()
    for name in names:
        lab.rows("Set-MigrationBatch", Identity=name, CompleteAfter=lab.clock.now.isoformat())
    while any(lab.batch_status(name) != "Completed" for name in names):
        lab.advance(hours=POLL_HOURS)
    ended = time.process_time()
    days = (lab.clock.now - start).total_seconds() / 86_400
    return Cost(mailboxes, made - began, synced - began, ended - synced, days)


def _estate(mailboxes: int) -> Estate:
    whole = generate(SEED)
    return replace(whole, mailboxes=tuple(_mailbox(whole.mailboxes[0], n) for n in range(mailboxes)))


def _mailbox(like: Mailbox, n: int) -> Mailbox:
    return replace(
        like,
        exchange_guid=draws.guid(SEED, str(n), "evening"),
        alias=f"user.{n}",
        display_name=f"User {n}",
        server=f"EX{1 + n % SERVERS:02}",
        size_bytes=int(draws.log_normal(0.55 * GIB, 1.15, SEED, str(n), "evening")),
        cause=None,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m rehearsal.exchange_online.evening", description=__doc__)
    parser.add_argument("mailboxes", type=int, help="how many are synced and completed")
    cost = measure(parser.parse_args().mailboxes)
    sys.stdout.buffer.write(msgspec.json.encode(cost) + b"\n")
