"""Writes the rules by which an estate that was made can be planned: `python -m rehearsal.national.environment DIR`.

They are estate.rehearsal.yaml and limits.rehearsal.yaml in DIR, and `mailwave wave plan -e rehearsal --from DIR
--rules DIR --to FILE` plans by them. Sites and servers are those of DIR; the capacity is that of the record move (its
published peaks: 22,000 mailboxes and 25 TB on a weekday, 83,000 and 92 TB on a weekend), which nobody has granted: it
is drawn, and its ticket says so. All else is as in the rehearsed environment.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import yaml

NAME = "rehearsal"
BASE = Path(__file__).resolve().parents[2] / "environments"
BATCH = 2_000
TICKET = "DRAWN-1"

FIGURES: Mapping[str, int] = {
    "mailboxes_a_night": 22_000,
    "mailboxes_a_weekend_night": 83_000,
    "bytes_a_night": 25 * 10**12,
    "bytes_a_weekend_night": 92 * 10**12,
    "concurrent_moves": 2_600,
    "concurrent_moves_tenant": 2_600,
    "incremental_syncs": 3_000,
    "connections_a_server": 2_600,
    "moves_a_source": 100,
    "bytes_an_hour": 2 * 10**12,
    "bytes_an_hour_site": 10**12,
    "batches": 3_000,
    "directory_objects": 5_000_000,
    "licences": 5_000_000,
    "admin_calls_a_night": 270_000,
}
"""What is granted; the rest is as in the rehearsed environment."""


def main(folder: Path) -> None:
    """Write both files for the estate in *folder* beside it."""
    for kind, content in (("estate", _estate(folder)), ("limits", _limits())):
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        (folder / f"{kind}.{NAME}.yaml").write_text(
            f"# Drawn, not granted: rehearsal/national/environment.py\n{text}", encoding="utf-8"
        )


def _estate(folder: Path) -> dict[str, Any]:
    found = _read("estate")
    rows = pl.read_parquet(folder / "sites.parquet").unique(["site", "server"]).sort("site", "server")
    sites: dict[str, list[dict[str, str]]] = {}
    for row in rows.iter_rows(named=True):
        version = row["version"].split()[1]
        sites.setdefault(row["site"], []).append(
            {"name": row["server"], "fqdn": row["fqdn"], "version": version}
        )
    return found | {
        "sites": [{"name": name, "endpoint": name, "servers": servers} for name, servers in sites.items()],
        "batches": found["batches"] | {"size": BATCH},
    }


def _limits() -> dict[str, Any]:
    found = _read("limits")
    for name, figure in FIGURES.items():
        found[name] = {"published": found[name]["published"], "granted": figure, "ticket": TICKET}
    return found | {"profile": "national-drawn"}


def _read(kind: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((BASE / f"{kind}.rehearsal.yaml").read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    main(Path(sys.argv[1]))
