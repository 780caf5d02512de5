"""`mailwave wave strategies`: what it costs to keep people together, or to take a share of everybody each night."""

from __future__ import annotations

import msgspec
import typer
from rich.table import Table

from mailwave.cli.context import AsJson, Environment, err, out, settings
from mailwave.cli.plans import From


def strategies(environment: Environment, source: From = None, *, as_json: AsJson = False) -> None:
    """Cost two ways of planning that pull apart, and mixtures of them, in one table; nothing is saved."""
    from mailwave.wiring import strategies as wiring

    with err.status("estate") as status:
        found = wiring.costs(settings(environment), source, status.update)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    heads = ("strategy", "last day", "mean day", "rights severed", "hard, of people", "days of these")
    table = Table(*heads, "largest share a night", "no night", title="strategies")
    for cost in found:
        table.add_row(
            cost.strategy,
            f"{cost.last_day:,}",
            f"{cost.mean_day:,.2f}",
            f"{cost.severed:,}",
            f"{cost.hard:,}",
            f"{cost.hard_days:,}",
            f"{cost.largest_share:.1%}",
            f"{cost.unplaced:,}",
        )
    out.print(table)


def add_to(app: typer.Typer) -> None:
    """Give *app* the command."""
    app.command()(strategies)
