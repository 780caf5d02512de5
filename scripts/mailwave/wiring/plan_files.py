"""What the commands over plan files need: an estate in Parquet planned into a file, and files read back."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from estate_schema import ConfigurationError
from mailwave import rules
from mailwave.adapters.estate_parquet import Files, files_of, read_unchanged
from mailwave.adapters.memory import keep_freed
from mailwave.adapters.plan_file import SavedPlan, read_plan, write_plan
from mailwave.core.delegates.held import Held
from mailwave.core.estate import Organisation
from mailwave.core.explain import Explanation, NotInPlan, explain, row_of
from mailwave.core.manifest import digest_of_bytes
from mailwave.core.plan_diff import Difference, difference
from mailwave.core.planning import Case, Say, nobody, solution
from mailwave.core.population import Population
from mailwave.core.reason import Reason
from mailwave.runbooks.plan_estate import PlanEstate
from mailwave.wiring.planning import plan_waves, season_of
from mailwave.wiring.settings import ROOT, Settings

ESTATE = "estate"
"""The name of the input that all files of an estate are."""


class PlannedFile(NamedTuple):
    """A plan as it is in its file, what changed from the one before (None: there was none), and whether it is new."""

    saved: SavedPlan
    change: Difference | None
    is_new: bool


def plan_folder(
    settings: Settings, folder: Path, file: Path, *, dry_run: bool, say: Say = nobody
) -> PlannedFile:
    """Plan the estate in *folder* into *file*; nights of the plan that *file* holds stay as far as they can.

    Raises:
        OSError, NotAnEstate, BrokenScope, NotGuids: the estate cannot be read, or does not fit together.
        PlanFileBroken, ConfigurationError: *file* is no plan, or one of another environment.
    """
    keep_freed()
    before = plan_of_file(settings, file) if file.exists() else None
    say("estate")
    files = files_of(folder)
    population, held = _estate(folder, files, before)
    runbook = plan_estate(settings, population, say, {ESTATE: files.digest})
    solved, origin = runbook.prepare(population, held, before and (before.placement, before.origin))
    digest = solved.placement.digest(settings.environment)
    if before is not None and before.digest == digest:
        return PlannedFile(before, difference(before.placement, solved.placement), is_new=False)
    change = difference(before.placement, solved.placement) if before else None
    if not dry_run:
        say("file")
        write_plan(file, solved.placement, held, origin, digest)
    return PlannedFile(SavedPlan(solved.placement, origin, digest, held), change, is_new=True)


def _estate(folder: Path, files: Files, before: SavedPlan | None) -> tuple[Population, Held]:
    """The mailboxes and rights in *folder*: those of the plan *before*, if it was made from the same *files*.

    Another version of this program could find something else in them, and reads them itself.
    """
    if before is not None:
        origin = before.origin
        if origin.inputs.get(ESTATE) == files.digest and origin.tool == version("mailwave"):
            return before.placement.population, before.held
    return read_unchanged(folder, files)


def plan_estate(
    settings: Settings, population: Population, say: Say = nobody, inputs: Mapping[str, str] = {}
) -> PlanEstate:
    """The runbook that plans *population*, which was read from *inputs*: a digest by name."""
    return PlanEstate(
        settings.environment,
        settings.clock(),
        season_of(settings, bodies_of(population)),
        rules.granted(settings.limits, settings.estate),
        rules.notices(settings.estate),
        {**inputs, **_inputs(settings)},
        version("mailwave"),
        say,
    )


def plan_of_file(settings: Settings, file: Path) -> SavedPlan:
    """The plan in *file*, which is one of the environment of *settings*.

    Raises:
        OSError, PlanFileBroken, ConfigurationError: it cannot be read, is no plan, or one of another environment.
    """
    saved = read_plan(file)
    if saved.origin.environment != settings.environment:
        raise ConfigurationError(
            file=str(file),
            key="environment",
            problem=f"is a plan of {saved.origin.environment!r}",
            allowed=settings.environment,
        )
    return saved


def compare_plans(old: Path, new: Path) -> tuple[SavedPlan, SavedPlan, Difference]:
    """The plans in two files, and what changed; raise as `read_plan` does."""
    before, after = read_plan(old), read_plan(new)
    return before, after, difference(before.placement, after.placement)


def explain_in_file(settings: Settings, file: Path, mailbox: str) -> Explanation:
    """Why *mailbox*, known by its ExchangeGuid, has its night in the plan in *file*."""
    plan = plan_of_file(settings, file).placement
    row = row_of(plan.population, mailbox)
    season = season_of(settings, bodies_of(plan.population))(plan.windows[0].start)
    season = msgspec.structs.replace(season, nights=plan.windows)
    granted = rules.granted(settings.limits, settings.estate)
    open_to_all = np.zeros(len(plan.windows), dtype=np.bool_)
    return explain(solution(Case(plan.population, plan.severed, season, granted, open_to_all), plan), row)


def explain_in_ledger(settings: Settings, mailbox: str, reason: Reason) -> Explanation:
    """Why *mailbox*, known by address or ExchangeGuid, has its night in what `wave plan` would plan now."""
    with settings.ledger() as ledger:
        guid = next(
            (
                record.mailbox.guid
                for record in ledger.mailboxes()
                if mailbox.lower() in {record.mailbox.guid, record.mailbox.smtp}
            ),
            None,
        )
        if guid is None:
            raise NotInPlan(mailbox)
        solved = plan_waves(settings, ledger, reason).look()
    return explain(solved, row_of(solved.placement.population, guid))


def bodies_of(population: Population) -> list[tuple[Organisation, int]]:
    """The organisations of *population*, each with the number of its mailboxes."""
    members = np.bincount(population.organisation, minlength=len(population.organisations)).tolist()
    return list(zip(population.organisations, members, strict=True))


def _inputs(settings: Settings) -> dict[str, str]:
    """The digests of the files of the environment that say when and how much may move."""
    names = [f"estate.{settings.environment}.yaml", f"limits.{settings.environment}.yaml"]
    dates = settings.estate.season.dates
    files = {name: settings.rules / name for name in names}
    if dates:
        files[dates] = ROOT / "environments" / dates
    return {name: digest_of_bytes(file.read_bytes()) for name, file in files.items()}
