"""Discover the site leeds of an endpoints file, as the command does; started as a program, so that it can be killed.

`python reading.py ENDPOINTS FOLDER OUT`: writes a line for each page it has read, and at the end what it found to OUT.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from estate_schema.endpoints import load_endpoints
from exchange_admin.connect import on_premises
from mailwave.adapters.discovery_store import DiscoveryStore
from mailwave.adapters.source_reading import SourceReading
from mailwave.core.discovery.found import inventory
from mailwave.runbooks.discover_estate import DiscoverEstate

SITE = "leeds"
SHELLS = 3


@dataclass(frozen=True)
class Now:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    def sleep_until(self, when: datetime) -> None:
        """Nothing here waits."""


def read(endpoints: Path, folder: Path, out: Path) -> None:
    """Ask every question that *folder* has no answer to, and write what was found to *out*."""
    began = time.monotonic()
    known = load_endpoints(endpoints)
    shells = [on_premises(known, SITE, sleep=lambda _: None) for _ in range(SHELLS)]
    store = DiscoveryStore(folder, "rehearsal")
    runbook = DiscoverEstate(Now(), store, (SITE,))

    def told(what: str, done: int, total: int) -> None:
        print(what, done, total, flush=True)

    with SourceReading({SITE: shells}, {}, store, told) as source:
        found = runbook.run(runbook.prepare(), [source.read])
    out.write_bytes(msgspec.json.encode(inventory(found).files))
    used = resource.getrusage(resource.RUSAGE_SELF)
    took, cpu, peak = time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
    print(f"read in {took:.0f} s, of which {cpu:.0f} s of this process; at most {peak} MB", flush=True)


if __name__ == "__main__":
    read(*map(Path, sys.argv[1:]))
