"""One measurement, and how a pair is taken."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

import msgspec

PAIRS = 5


class Row(msgspec.Struct, frozen=True):
    """One line of build/bench.json.

    *ours* and *baseline* are in *unit*; *ratio* is how many times faster ours is than the baseline (under 1: slower).
    A row without an honest baseline has None for baseline and ratio.
    """

    area: str
    name: str
    workload: str
    ours: float
    baseline: float | None
    baseline_name: str | None
    ratio: float | None
    unit: str


class ResultsDiffer(AssertionError):
    """Ours and the baseline do not come to the same result, so their times mean nothing."""

    def __init__(self, *, area: str, name: str) -> None:
        self.area = area
        self.name = name
        super().__init__(f"{area}, {name}: ours and the baseline come to different results")


def pair[Result](  # noqa: PLR0913  each is a part of one row
    *,
    area: str,
    name: str,
    workload: str,
    ours: Callable[[], Result],
    baseline: Callable[[], Result],
    baseline_name: str,
    pairs: int = PAIRS,
    after_each: Callable[[], object] = lambda: None,
    clock: Callable[[], float] = time.perf_counter,
    unit: str = "s",
) -> Row:
    """Run both in turn, *pairs* times each, and keep the median of each and the median of the pairs' ratios.

    *after_each* pair something may be checked or made ready, which is not measured. *clock* is in seconds; on a machine
    that others use, `time.process_time` says more. Raises ResultsDiffer.
    """
    taken = []
    for _ in range(pairs):
        (mine, result), (other, expected) = _timed(ours, clock), _timed(baseline, clock)
        if result != expected:
            raise ResultsDiffer(area=area, name=name)
        taken.append((mine, other))
        after_each()
    return Row(
        area=area,
        name=name,
        workload=workload,
        ours=statistics.median(mine for mine, _ in taken),
        baseline=statistics.median(other for _, other in taken),
        baseline_name=baseline_name,
        ratio=statistics.median(other / mine for mine, other in taken),
        unit=unit,
    )


def _timed[Result](act: Callable[[], Result], clock: Callable[[], float]) -> tuple[float, Result]:
    gc.collect()
    began = clock()
    result = act()
    return clock() - began, result
