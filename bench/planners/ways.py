"""Costs the planner's strategies against each other: `python -m bench.planners.ways ESTATE` prints them as JSON."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from bench.planners import ours
from bench.planners.terms import read
from mailwave.core.planning import planned
from mailwave.core.strategies import STRATEGIES, cost


def main(estate: Path) -> None:
    """Plan *estate* by each strategy and tell what it costs."""
    case = ours.case_of(estate, read(estate), first=ours.NOTICE_DAYS)
    found = [cost(strategy, planned(case, groups=strategy.groups)) for strategy in STRATEGIES]
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
