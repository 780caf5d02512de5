"""`mailwave wave forecast` and `record-move`: when a plan ends, how surely, and what holds it back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from mailwave import wiring
from mailwave.cli import forecast_view
from mailwave.cli.context import AsJson, Environment, err, out, settings
from mailwave.core.forecast import record_table
from mailwave.core.forecast.cases import USUAL
from mailwave.core.forecast.report import Report, report
from mailwave.core.pictures.plan import picture
from mailwave.core.pictures.view import View, view_of

NONE = "none"
RUNS, SEED = record_table.RUNS, record_table.SEED

PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan", exists=True, dir_okay=False, help="A plan file; else the saved plan of the ledger"
    ),
]
Runs = Annotated[
    int, typer.Option("--runs", help="How often the plan is lived through by chance; 10 or more")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same luck")]
WhatIf = Annotated[
    list[str] | None,
    typer.Option(
        "--what-if",
        help="NAME=FIGURE of a limit, of slots, delta-slots or sites, or 'none'; may be repeated; "
        f"without any: {', '.join(USUAL)}",
    ),
]
Svg = Annotated[
    Path | None, typer.Option("--svg", dir_okay=False, help="Write calendar and burn-up to this file, too")
]


def forecast(
    environment: Environment,
    plan: PlanFile = None,
    runs: Runs = RUNS,
    seed: Seed = SEED,
    what_if: WhatIf = None,
    svg: Svg = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say when the plan ends, how surely, which nights are at risk, and what raising a limit would gain."""
    found = settings(environment)
    cases = [text for text in what_if or USUAL if text != NONE]
    told, view = _foreseen(found, plan, runs=runs, seed=seed, cases=cases)
    if svg is not None:
        wiring.write_whole(svg, picture(view).encode())
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    forecast_view.show(out, told, view)


def draw(found: wiring.Settings, plan: Path | None, svg: Path) -> None:
    """Write the calendar and the burn-up of *plan*, or of the ledger's, with its usual forecast to the file *svg*."""
    _, view = _foreseen(found, plan, runs=RUNS, seed=SEED, cases=())
    wiring.write_whole(svg, picture(view).encode())


def _foreseen(
    found: wiring.Settings, plan: Path | None, *, runs: int, seed: int, cases: Sequence[str]
) -> tuple[Report, View]:
    with err.status("plan") as status:
        sight = wiring.sight_of_plan(found, plan)
        told = report(sight.ahead, sight.granted, runs=runs, seed=seed, cases=cases, say=status.update)
    name = forecast_view.name_of(found.environment, found.clock().now().date())
    return told, view_of(name, told.forecast, sight.done)


def record_move(
    *,
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of docs/forecast.md")] = False,
    runs: Runs = RUNS,
    seed: Seed = SEED,
) -> None:
    """Plan the record move again, 2.1 million mailboxes from August 2020, at rates that were fixed before."""
    with err.status("planning the record move in five ways"):
        ends = record_table.chance(runs, seed)
        found = record_table.results()
    if markdown:
        typer.echo(record_table.markdown(found), nl=False)
        return
    if as_json:
        told = {"cases": [result._asdict() for result in found], "chance": ends}
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
        return
    table = Table(title="the record move, planned again")
    for head in record_table.HEAD:
        table.add_column(head, overflow="fold")
    for cells in record_table.rows(found):
        table.add_row(*cells)
    out.print(table)
    out.print(
        f"named grants, by chance: planned {ends.planned}, P50 {ends.p50}, P90 {ends.p90}", markup=False
    )


def add_to(app: typer.Typer) -> None:
    """Make these commands of *app*."""
    app.command()(forecast)
    app.command()(record_move)
