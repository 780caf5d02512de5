"""`python -m bench [area ...]`: measure every area, or those named; print a table, write build/bench.json."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench.areas import (
    campaign,
    durable,
    engine,
    exchange_online,
    forecast,
    governor,
    groups,
    ledger,
    live,
    national,
    notices,
    ods,
    planner,
    planner_again,
    planner_quality,
    plays,
    readiness,
    rehearsal,
    review,
    roll_out,
    stacks,
    web,
)
from bench.rows import Row

REPORT = Path(__file__).resolve().parents[1] / "build" / "bench.json"
BUSY = 1.5
WIDTH = 150


AREAS: Mapping[str, Callable[[], Iterator[Row]]] = {
    "rehearsal": lambda: rehearsal.rows(earlier={(row.area, row.name): row.ours for row in _earlier()}),
    "exchange_online": exchange_online.rows,
    "ods": ods.rows,
    "groups": groups.rows,
    "national": national.rows,
    "forecast": forecast.rows,
    "planner": planner.rows,
    "planner_again": planner_again.rows,
    "planner_quality": planner_quality.rows,
    "campaign": campaign.rows,
    "stacks": stacks.rows,
    "review": review.rows,
    "plays": plays.rows,
    "readiness": readiness.rows,
    "ledger": ledger.rows,
    "live": live.rows,
    "durable": durable.rows,
    "engine": engine.rows,
    "governor": governor.rows,
    "roll_out": roll_out.rows,
    "web": web.rows,
    "notices": notices.rows,
}
"""What can be measured, in this order."""


def main(asked: Sequence[str]) -> None:
    """Measure what is *asked* for, or all; show and keep. An earlier report is the rehearsal's baseline."""
    unknown = [name for name in asked if name not in AREAS]
    if unknown:
        sys.exit(f"there is no area {unknown[0]}; there are {', '.join(AREAS)}")
    console = Console()
    console.width = max(console.width, WIDTH)
    load = os.getloadavg()[0]
    if load > BUSY:
        console.print(f"The load average is {load:.1f}: trust the ratios a little, and the times not at all.")
    measured = [row for name in asked or AREAS for row in AREAS[name]()]
    if "rehearsal" in (asked or AREAS) and not any(row.area == rehearsal.AREA for row in measured):
        console.print(
            "No rehearsal has finished here, so its phases are missing: run `make rehearsal` first."
        )
    console.print(_table(measured))
    REPORT.parent.mkdir(exist_ok=True)
    names = {(row.area, row.name) for row in measured}
    kept = [row for row in _earlier() if asked and (row.area, row.name) not in names]
    new = REPORT.with_suffix(".new")
    new.write_bytes(msgspec.json.format(msgspec.json.encode([*kept, *measured])))
    new.rename(REPORT)
    console.print(
        f"Written to {REPORT.relative_to(Path.cwd()) if REPORT.is_relative_to(Path.cwd()) else REPORT}"
    )


def _earlier() -> list[Row]:
    return msgspec.json.decode(REPORT.read_bytes(), type=list[Row]) if REPORT.exists() else []


def _table(measured: list[Row]) -> Table:
    table = Table("area", "name", "workload", title="ours against a baseline, in one run")
    for heading in ("ours", "baseline", "ratio"):
        table.add_column(heading, justify="right")
    table.add_column("baseline is")
    for row in measured:
        table.add_row(
            row.area,
            row.name,
            row.workload,
            f"{row.ours:.3g} {row.unit}",
            "" if row.baseline is None else f"{row.baseline:.3g} {row.unit}",
            "" if row.ratio is None else f"{row.ratio:.2f} ×",
            row.baseline_name or "",
        )
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
