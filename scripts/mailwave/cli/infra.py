"""`mailwave infra`: the Pulumi stacks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import AsJson, DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.cli.keeping import keeping
from mailwave.cli.stack_report import layers, say
from mailwave.core.stacks import StackBeat
from mailwave.exits import Exit

app = typer.Typer(
    help="The Pulumi stacks of an environment: foundation, identity, hybrid.", no_args_is_help=True
)

Layers = Annotated[
    list[str] | None,
    typer.Option("--layer", "-l", help="Only this layer; may be repeated", show_default="all three"),
]
Layer = Annotated[str, typer.Option("--layer", "-l", help="The layer whose stack is removed")]
Confirm = Annotated[str, typer.Option("--confirm", metavar="STACK", help="The stack's name, typed in full")]


@app.command()
def up(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    layer: Layers = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Deploy the stacks, layer by layer, and say what was created, updated, replaced and deleted."""
    found = settings(environment)
    with (
        nullcontext() if dry_run else keeping(found),
        found.ledger() as ledger,
        _telling() as telling,
    ):
        runbook = wiring.provision(
            found, ledger, reason(ticket, why), layers=layers(layer), dry_run=dry_run, telling=telling
        )
        if dry_run:
            runbook.prepare()
        else:
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
def destroy(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    layer: Layer,
    confirm: Confirm = "",
    *,
    dry_run: DryRun = False,
) -> None:
    """Remove what one stack made; say first what that is. Protected resources and adopted objects stay."""
    (asked,) = layers([layer])
    found = settings(environment)
    with found.ledger() as ledger, _telling() as telling:
        runbook = wiring.tear_down(
            found, ledger, reason(ticket, why), layer=asked, dry_run=dry_run, telling=telling
        )
        planned = runbook.prepare()
        say(planned)
        if not dry_run:
            say(runbook.run(planned, confirm))


@app.command()
def status(environment: Environment, layer: Layers = None, *, as_json: AsJson = False) -> None:
    """Count the resources of each stack."""
    reports = wiring.stack_status(settings(environment), layers=layers(layer))
    if as_json:
        out.print_json(json.dumps({report.stack: report.resources for report in reports}))
        return
    table = Table("stack", "resources")
    for report in reports:
        table.add_row(report.stack, str(report.resources))
    out.print(table)


def _differences(environment: str, layer: list[str] | None) -> int:
    with _telling() as telling:
        reports = wiring.find_drift(settings(environment), layers=layers(layer), telling=telling).run()
    return sum(len(report.changes) for report in reports)


@contextmanager
def _telling() -> Iterator[wiring.StackTelling]:
    """Reports on standard output; on standard error the count of resources, which only moves on a terminal."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("the engine starts")

        def beat(seen: StackBeat) -> None:
            what = escape(f"{seen.stack}: {seen.resources} resources, {seen.type} {seen.name}")
            bar.update(task, description=what)

        yield wiring.StackTelling(report=say, line=lambda line: err.print(line, markup=False), beat=beat)
