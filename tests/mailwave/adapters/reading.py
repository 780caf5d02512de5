"""Read the site leeds of an endpoints file into a file, page by page; started as a program, so that it can be killed.

`python reading.py ENDPOINTS PAGES OUT`: writes a line for each page it has read, and at the end the inventory to OUT.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from estate_schema.endpoints import load_endpoints
from exchange_admin.connect import on_premises
from mailwave.adapters.source import Source
from mailwave.adapters.source_pages import PageFolder

SITE = "leeds"


def read(endpoints: Path, pages: Path, out: Path) -> None:
    """Read every database that *pages* does not hold, and write the whole to *out*."""
    began = time.monotonic()
    site = on_premises(load_endpoints(endpoints), SITE, sleep=lambda _: None)
    with Source({SITE: site}, {}) as source:
        kept = PageFolder(pages, datetime.now(UTC))
        inventory = source.inventory(lambda _, done, total: print(done, total, flush=True), kept)
    out.write_bytes(msgspec.json.encode(inventory.files))
    used = resource.getrusage(resource.RUSAGE_SELF)
    took, cpu, peak = time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
    print(f"read in {took:.0f} s, of which {cpu:.0f} s of this process; at most {peak} MB", flush=True)


if __name__ == "__main__":
    read(*map(Path, sys.argv[1:]))
