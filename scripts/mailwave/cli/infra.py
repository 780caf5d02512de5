"""`mailwave infra`: the Pulumi stacks."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import AsJson, DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.core.stacks import StackReport
from mailwave.exits import Exit
from mailwave.runbooks.provision import LAYERS

app = typer.Typer(
    help="The Pulumi stacks of an environment: foundation, identity, hybrid.", no_args_is_help=True
)

Layers = Annotated[
    list[str] | None,
    typer.Option("--layer", "-l", help="Only this layer; may be repeated", show_default="all three"),
]


@app.command()
def up(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    layer: Layers = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Deploy the stacks, layer by layer, and say what each holds."""
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = wiring.provision(
            found, ledger, reason(ticket, why), layers=_layers(layer), dry_run=dry_run, say=_say
        )
        runbook.run()


@app.command()
def preview(environment: Environment, layer: Layers = None) -> None:
    """Say what `up` would change, against the live values."""
    _differences(environment, layer)


@app.command()
def drift(environment: Environment, layer: Layers = None) -> None:
    """End 14 when a live value differs from the stacks, and name it."""
    if _differences(environment, layer):
        raise typer.Exit(Exit.DRIFT)


@app.command()
def status(environment: Environment, layer: Layers = None, *, as_json: AsJson = False) -> None:
    """Count the resources of each stack."""
    reports = wiring.stack_status(settings(environment), layers=_layers(layer))
    if as_json:
        out.print_json(json.dumps({report.stack: report.resources for report in reports}))
        return
    table = Table("stack", "resources")
    for report in reports:
        table.add_row(report.stack, str(report.resources))
    out.print(table)


def _differences(environment: str, layer: list[str] | None) -> int:
    reports = wiring.find_drift(settings(environment), layers=_layers(layer), say=_say).run()
    return sum(len(report.changes) for report in reports)


def _layers(asked: list[str] | None) -> tuple[str, ...]:
    """The layers asked for, in the order of deployment."""
    unknown = sorted(set(asked or ()) - set(LAYERS))
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is no layer; known: {', '.join(LAYERS)}")
    return tuple(layer for layer in LAYERS if not asked or layer in asked)


def _say(report: StackReport) -> None:
    if not report.changes:
        out.print(f"{report.stack}: {report.resources} resources, no difference")
    for change in report.changes:
        out.print(f"{report.stack}: {change}", markup=False)
    err.print(f"[dim]{report.stack} done[/]")
