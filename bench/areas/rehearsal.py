"""How long the last rehearsal took, by phase, against the run measured before it.

Nothing else does what a phase does, so the only honest baseline is an earlier run; the first has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from bench.rows import Row

ROOT = Path(__file__).resolve().parents[2]
SUMMARY = ROOT / "build" / "rehearsal" / "summary.json"
AREA = "rehearsal"


class Summary(msgspec.Struct):
    """What this area needs of a rehearsal's summary. *seconds* by phase."""

    seconds: dict[str, float]
    planned: int
    moved: int


def rows(summary: Path = SUMMARY, *, earlier: Mapping[tuple[str, str], float] | None = None) -> Iterator[Row]:
    """The phases of *summary* and their sum; none when no rehearsal has finished.

    *earlier*: seconds by area and name.
    """
    if not summary.exists():
        return
    seen = msgspec.json.decode(summary.read_bytes(), type=Summary)
    workload = f"{seen.planned} mailboxes planned, {seen.moved} moved"
    for name, seconds in {**seen.seconds, "all phases": sum(seen.seconds.values())}.items():
        before = (earlier or {}).get((AREA, name))
        yield Row(
            area=AREA,
            name=name,
            workload=workload,
            ours=round(seconds, 2),
            baseline=before,
            baseline_name="the run measured before" if before is not None else None,
            ratio=before / seconds if before is not None and seconds else None,
            unit="s",
        )
