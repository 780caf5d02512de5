"""All that a forecast of a plan tells, in one value: the forecast, and what raising limits would gain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from mailwave.core.forecast.cases import Case, granted_in, read_cases
from mailwave.core.forecast.chances import GB, PUBLISHED, RATE, drawn
from mailwave.core.forecast.of_plan import Ahead
from mailwave.core.forecast.summary import Forecast, forecast
from mailwave.core.forecast.what_if import Gain, Granting, compared
from mailwave.core.placement.granted import Granted

RATE_LIMIT = "bytes_an_hour_move"
"""The limit that holds the rate which plans count on."""

Say = Callable[[str], None]


class Report(msgspec.Struct, frozen=True):
    """The *forecast*, the *profile* of limits that it stands on, and what each case would *gain* against them."""

    profile: str
    forecast: Forecast
    gains: tuple[Gain, ...]


def report(ahead: Ahead, granted: Granted, *, runs: int, seed: int, cases: Sequence[str], say: Say) -> Report:
    """Forecast what is *ahead*, and reckon what each of *cases* would gain; *say* is told of each step.

    Raises:
        RunsRefused, CaseUnclear: what was asked for cannot be reckoned.
        NothingPlanned: nobody has a night that is still to come.
        SiteUnknown: mailboxes stand at a site of which nothing is known.
    """
    asked = read_cases(cases, granted)
    rate = granted.limits[RATE_LIMIT].granted / GB if RATE_LIMIT in granted.limits else RATE
    draws = drawn(PUBLISHED, runs, seed, planned_rate=rate)
    say("limits")
    plan = ahead.plan(granted)
    say(f"{runs:,} runs")
    found = forecast(plan.load(), draws)
    if not asked:
        return Report(granted.profile, found, ())
    return Report(granted.profile, found, compared(plan, _granting(asked, ahead, granted, say), draws))


def _granting(
    asked: Sequence[Case], ahead: Ahead, granted: Granted, say: Say
) -> Iterator[tuple[str, Granting]]:
    """What each case grants, made when it is looked at: one of a national plan takes hundreds of megabytes."""
    for case in asked:
        say(f"what if {case.text}")
        yield granted_in(case, ahead, granted)
