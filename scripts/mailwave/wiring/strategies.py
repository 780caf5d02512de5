"""What is needed to cost ways of planning against each other."""

from __future__ import annotations

from pathlib import Path

from mailwave.adapters.estate_parquet import read_estate
from mailwave.core.planning import Case, Say, planned
from mailwave.core.reason import Reason
from mailwave.core.strategies import STRATEGIES, Cost, cost
from mailwave.wiring.plan_files import plan_estate
from mailwave.wiring.planning import plan_waves
from mailwave.wiring.settings import Settings

NO_REASON = Reason(who="nobody", source="strategies", ticket="none", text="looking changes nothing")


def costs(settings: Settings, folder: Path | None, say: Say) -> list[Cost]:
    """What each strategy would cost for the estate in *folder*, or for what waits in the ledger, planned from nothing.

    Raises:
        OSError, NotAnEstate, BrokenScope, NotGuids: the estate cannot be read, or does not fit together.
        SiteUnknown, NoNights, NoNightLeft, LimitIsZero, CapacityShort: as `mailwave.core.planning.planned`.
    """
    case = _case(settings, folder)
    found = []
    for strategy in STRATEGIES:
        say(strategy.name)
        found.append(cost(strategy, planned(case, groups=strategy.groups)))
    return found


def _case(settings: Settings, folder: Path | None) -> Case:
    if folder is None:
        with settings.ledger() as ledger:
            return plan_waves(settings, ledger, NO_REASON).at_first()
    population, held = read_estate(folder)
    return plan_estate(settings, population).case(population, held)
