"""`mailwave change`: what a change board asks for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.table import Column, Table

from controls.baseline import Judged, Verdict
from mailwave import wiring
from mailwave.cli.context import AsJson, Environment, out, settings
from mailwave.exits import Exit

app = typer.Typer(help="What a change board asks for.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@app.command()
def baseline(environment: Environment, *, as_json: AsJson = False) -> None:
    """Hold what is deployed and what the tenant shows to the controls.

    End 5 when one is broken, and 28 when one is unknown. Nothing is changed. What could not be read is unknown, and
    never passed.
    """
    runbook = wiring.take_baseline(settings(environment))
    found = runbook.run()
    if as_json:
        _print_json(found, runbook.not_looked_at)
    else:
        _print_table(found, runbook.not_looked_at)
    verdicts = {each.verdict for each in found}
    if Verdict.FAILED in verdicts:
        raise typer.Exit(Exit.POLICY)
    if Verdict.UNKNOWN in verdicts:
        raise typer.Exit(Exit.UNSEEN)


def _print_json(found: Sequence[Judged], not_looked_at: dict[int, str]) -> None:
    out.print_json(json.dumps({"controls": [asdict(each) for each in found], "not_looked_at": not_looked_at}))


def _print_table(found: Sequence[Judged], not_looked_at: dict[int, str]) -> None:
    table = Table("control", "title", "verdict", Column("found, and what it must be", overflow="fold"))
    for each in found:
        lines = (*each.found, *(f"not read: {why}" for why in each.unknown))
        table.add_row(str(each.control), each.title, each.verdict.value, "\n".join(lines))
    out.print(table)
    counts = [f"{sum(1 for each in found if each.verdict is verdict)} {verdict.value}" for verdict in Verdict]
    out.print(f"{', '.join(counts)}; not looked at: {', '.join(map(str, not_looked_at))}", markup=False)
