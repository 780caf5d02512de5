"""What a forecast needs: the ledger's saved plan or a plan file, with the season and limits of its environment."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from mailwave import rules
from mailwave.core.forecast.load import NothingPlanned
from mailwave.core.forecast.of_plan import ahead_of
from mailwave.core.reason import Reason
from mailwave.runbooks.forecast_plan import ForecastPlan, Sight
from mailwave.wiring.plan_files import bodies_of, plan_of_file
from mailwave.wiring.planning import plan_waves, season_of
from mailwave.wiring.settings import Settings

NO_REASON = Reason(who="nobody", source="forecast", ticket="none", text="a forecast changes nothing")


def sight_of_plan(settings: Settings, file: Path | None) -> Sight:
    """What is ahead of the plan in *file*, all of it, or of the saved plan of the ledger from now on.

    Raises:
        NoPlan: no plan is saved.
        PlanFileBroken, ConfigurationError: the file is no plan, or one of another environment.
    """
    if file is not None:
        return _of_file(settings, file)
    with settings.ledger() as ledger:
        return ForecastPlan(plan_waves(settings, ledger, NO_REASON)).prepare()


def _of_file(settings: Settings, file: Path) -> Sight:
    placement = plan_of_file(settings, file).placement
    if not placement.windows:
        raise NothingPlanned
    people = placement.population
    season = season_of(settings, bodies_of(people))(placement.windows[0].start)
    season = msgspec.structs.replace(season, nights=placement.windows)
    nobody, none = np.zeros(people.size, dtype=np.bool_), np.zeros(len(season.nights), dtype=np.bool_)
    ahead = ahead_of(people, placement.label, placement.night, season, nobody, none)
    return Sight(ahead, rules.granted(settings.limits, settings.estate))
