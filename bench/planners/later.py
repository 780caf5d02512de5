"""Our replan after some organisations slipped: `python -m bench.planners.later ESTATE BEFORE OUT TERMS TODAY`.

BEFORE and OUT are folders with a plan; TERMS is the name of the new terms in ESTATE. People were told of all nights
before the notice from the day TODAY on has passed. Prints the seconds from the columns read to the new nights.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec

from bench.planners import ours
from bench.planners.terms import read
from mailwave.adapters.memory import keep_freed
from mailwave.adapters.plan_file import read_plan, write_plan
from mailwave.core.placement.problem import NEVER
from mailwave.core.planning import Earlier, planned


class Took(msgspec.Struct, frozen=True):
    """Seconds by the clock, and of the processor."""

    seconds: float
    processor: float


def main(estate: Path, before: Path, out: Path, name: str, today: int) -> None:
    """Plan *estate* again and write the plan into *out*."""
    keep_freed()
    terms = read(estate, name)
    case = ours.case_of(estate, terms, first=today + ours.NOTICE_DAYS)
    old = read_plan(before / ours.PLAN).placement
    told = (old.night != NEVER) & case.closed[old.night]
    begun = (old.night != NEVER) & (ours.night_numbers(case.season)[old.night] < today)
    began = time.perf_counter(), time.process_time()
    found = planned(case, Earlier(old.night, told, begun, old.label)).placement
    took = Took(time.perf_counter() - began[0], time.process_time() - began[1])
    write_plan(out / ours.PLAN, found, case.held, ours.ORIGIN)
    sys.stdout.buffer.write(msgspec.json.encode(took))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
