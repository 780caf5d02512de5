"""Readings for tests."""

from __future__ import annotations

from mailwave.core.governor.readings import Limits, Reading, Sample

SOURCE, TARGET, RUNNING = "StalledDueToSource_DiskLatency", "StalledDueToTarget_Processor", "CopyingMessages"


def a_reading(
    active: int,
    *,
    waiting: int = 1000,
    due: int = 0,
    source: int = 0,
    target: int = 0,
    pace: float | None = None,
    left: float = 1.0,
    refused: int = 0,
    live: Limits | None = None,
) -> Reading:
    """A site where *active* copies hold slots; of 20 looked at, *source* and *target* are stalled by those."""
    details = {SOURCE: source, TARGET: target, RUNNING: 20 - source - target}
    return Reading(
        live or Limits(active, 1),
        active,
        0,
        waiting,
        due,
        left,
        Sample(details, pace),
        connections_refused=refused,
    )
