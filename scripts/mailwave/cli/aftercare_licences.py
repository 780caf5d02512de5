"""`mailwave aftercare licences`: seats for the waves to come, and the days of those who are without one."""

from __future__ import annotations

import json

import typer
from rich.table import Table

from mailwave.cli.context import AsJson, DryRun, Environment, Ticket, Why, out, reason, settings
from mailwave.cli.keeping import keeping
from mailwave.core.licence_seats import first_short
from mailwave.exits import Exit
from mailwave.runbooks.aftercare.licences import Licensing, as_json
from mailwave.wiring import aftercare


def add_to(app: typer.Typer) -> None:
    """Add the command to the group *app*."""
    app.command("licences")(licences)


def licences(
    environment: Environment, ticket: Ticket, why: Why, *, dry_run: DryRun = False, json_: AsJson = False
) -> None:
    """Forecast seats by wave, and say who has moved and is without a licence, on which of their 30 days.

    Ends with 30 when seats or room in the groups do not suffice, or somebody's days run out.
    """
    found = settings(environment)
    with keeping(found), found.ledger() as ledger:
        runbook = aftercare.look_at_licences(found, ledger, reason(ticket, why))
        seen = runbook.look() if dry_run else runbook.run()
    if json_:
        typer.echo(json.dumps(as_json(seen), indent=2))
    else:
        _show(seen)
    if not seen.is_well:
        raise typer.Exit(Exit.NOT_LICENSED)


def _show(seen: Licensing) -> None:
    table = Table("wave", "night", "licence", "needed", "free", "short", title="seats")
    for row in seen.seats:
        table.add_row(
            row.wave,
            f"{row.night:%d %b %Y}",
            row.licence,
            f"{row.needed:,}",
            f"{row.free:,}",
            f"{row.short:,}",
        )
    out.print(table)
    short = first_short(seen.seats)
    if short:
        out.print(f"seats of {short.licence} are short from {short.wave} on: it is held until there are more")
    for each in seen.groups:
        full = f"; {each.over:,} find no room: add a group" if each.over else ""
        out.print(
            f"group {each.name}: {each.members:,} members, {each.coming:,} to come, takes {each.most:,}{full}",
            markup=False,
        )
    if not seen.without:
        out.print("everybody who has moved and needs a licence has one")
        return
    people = Table("mailbox", "wave", "day", "days left", "", "why", title="moved, and without a licence")
    for one in seen.without:
        people.add_row(one.address, one.wave, str(one.day), str(one.left), one.band.value, one.why)
    out.print(people)
