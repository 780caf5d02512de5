"""What the planner needs: the season and the limits of an environment's files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from estate_schema import ConfigurationError
from mailwave import rules
from mailwave.core.estate import Organisation
from mailwave.core.placement.asked_dates import rules_of
from mailwave.core.placement.lanes import read_lanes
from mailwave.core.placement.own_dates import read_own_dates
from mailwave.core.placement.pilots import stratified
from mailwave.core.placement.season import Rule, Season
from mailwave.core.planner import Plan
from mailwave.core.planning import Say, nobody
from mailwave.core.reason import Reason
from mailwave.runbooks.ask_dates import ASKED
from mailwave.runbooks.plan_waves import PlanWaves
from mailwave.runbooks.wave.run import NoPlan
from mailwave.wiring.settings import ROOT, Settings

if TYPE_CHECKING:  # a plan of files needs no ledger
    from mailwave.adapters.ledger import Ledger

HORIZON_DAYS = 365
"""How far ahead nights are looked for, where the season has no deadline."""

PILOT_SEED = 1
"""Of the sample of pilot organisations: the same estate has the same pilots in each plan."""


def plan_waves(settings: Settings, ledger: Ledger, reason: Reason, say: Say = nobody) -> PlanWaves:
    """The runbook that puts ready mailboxes into nights."""
    estate = settings.estate
    organisations = ledger.organisations()
    members = {code: counts.planned for code, counts in ledger.organisation_counts().items()}
    return PlanWaves(
        settings.environment,
        settings.clock(),
        ledger,
        season_of(
            settings,
            [(body, members.get(body.code, 0)) for body in organisations],
            rules_of(intent.detail for intent in ledger.intents(ASKED)),
        ),
        rules.granted(settings.limits, estate),
        rules.notices(estate),
        reason,
        say,
        lanes_of(settings, ledger),
    )


def lanes_of(settings: Settings, ledger: Ledger) -> dict[str, int]:
    """The mailboxes that are in a lane of their own, as places in `LANES`; raise `BadRows` for a wrong table."""
    named = _beside(settings, "lanes")
    return read_lanes(*named, set(ledger.mailbox_columns()["guid"])) if named else {}


def saved_plan(ledger: Ledger) -> Plan:
    """The saved plan of *ledger*; raise `NoPlan` without one."""
    saved = ledger.plan()
    if saved is None:
        raise NoPlan
    return saved


def season_of(
    settings: Settings, bodies: Sequence[tuple[Organisation, int]], asked: Sequence[Rule] = ()
) -> Callable[[datetime], Season]:
    """The season from a moment on, for organisations with so many mailboxes each, with the rules that they *asked*."""
    estate = settings.estate
    table = _beside(settings, "dates")
    dates = read_own_dates(*table, {body.code for body, _ in bodies}) if table else ()
    pilots = estate.season.pilots
    codes = stratified(bodies, pilots.organisations, PILOT_SEED) if pilots else ()

    def season(earliest: datetime) -> Season:
        deadline = estate.season.deadline
        until = (deadline - earliest.date()) if deadline else timedelta(days=HORIZON_DAYS)
        return rules.season(estate, earliest, max(until.days, 0), dates=(*dates, *asked), pilots=codes)

    return season


def _beside(settings: Settings, key: str) -> tuple[str, bytes] | None:
    """The name and the content of the table that the estate file names under *key* of its season."""
    name: str | None = getattr(settings.estate.season, key)
    if name is None:
        return None
    try:
        return name, (ROOT / "environments" / name).read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError(
            file=f"estate.{settings.environment}.yaml",
            key=f"season.{key}",
            problem=f"names {name}, which is not beside it",
            allowed="a table in environments/",
        ) from error
