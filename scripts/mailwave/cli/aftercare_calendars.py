"""`mailwave aftercare calendars`: whether free/busy is seen both ways after a wave."""

from __future__ import annotations

import typer

from mailwave.cli import aftercare_differences
from mailwave.cli.context import Environment, OneWave, Ticket, Why, out, reason, settings
from mailwave.cli.keeping import keeping
from mailwave.exits import Exit
from mailwave.runbooks.aftercare.calendars import Looked
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.wiring import calendars as wiring

NOBODY = (
    "nobody of {wave} has moved yet, so that nobody's calendar is asked for; try it after the wave's window"
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the group *app*."""
    app.command("calendars")(calendars)


def calendars(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: OneWave,
) -> None:
    """Ask for the free/busy of a sample of a wave's people, and of the other half from either; change nothing."""
    found = settings(environment)
    with keeping(found), wiring.seeing(found, reason(ticket, why)) as (ledger, asked, runbook):
        looked = runbook.run(wave_of_plan(ledger, wave))
        calls = list(asked.calls)
    if not looked.people:
        out.print(NOBODY.format(wave=looked.wave), markup=False)
        return
    _show(looked)
    out.print(f"{calls[0]} calls at the sites, {calls[1]} in the tenant, beside those that read both halves")
    if looked.open:
        raise typer.Exit(Exit.NOT_AS_PROMISED)


def _show(looked: Looked) -> None:
    aftercare_differences.show(f"{looked.wave}: calendars that are not seen", looked.open)
    out.print(
        f"{looked.people} people tried, {looked.shown} answers as they should be, {len(looked.open)} differences, "
        f"{len(looked.covered)} accepted"
    )
