"""`mailwave aftercare delivery`: whether mail arrives both ways after a wave, by messages that try it."""

from __future__ import annotations

from typing import Annotated

import typer

from mailwave.cli import aftercare_differences
from mailwave.cli.context import DryRun, Environment, OneWave, Ticket, Why, out, reason, settings, with_time
from mailwave.cli.keeping import keeping
from mailwave.exits import Exit
from mailwave.runbooks.aftercare.delivery import Tried
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.wiring import delivery as wiring

NOBODY = (
    "nobody of {wave} has moved yet, so that there is nobody to try mail with; try it after the wave's window"
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the group *app*."""
    app.command("delivery")(delivery)


def delivery(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: OneWave,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Begin another verification, with messages of its own")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Send a message to a sample of a wave's people and one back, and say which did not arrive, and why.

    Done again it sends nothing twice: it reads back what became of the messages of the last verification.
    """
    found = settings(environment)
    asked, say = reason(ticket, why), with_time(found)
    with keeping(found), wiring.trying(found, asked, say, dry_run=dry_run) as (ledger, post, runbook):
        planned = wave_of_plan(ledger, wave)
        if dry_run:
            turn, probes = runbook.prepare(planned, again=again)
            for each in probes:
                out.print(f"would try {each.way.value}: {each.recipient}", markup=False)
            told = f"{len(probes)} messages of verification {turn}" if probes else NOBODY.format(wave=wave)
            out.print(told, markup=False)
            return
        tried = runbook.run(planned, again=again)
        calls = list(post.calls)
    if not tried.people:
        out.print(NOBODY.format(wave=wave), markup=False)
        return
    _show(tried)
    out.print(f"{calls[0]} calls at the sites, {calls[1]} in the tenant")
    if tried.open:
        raise typer.Exit(Exit.NOT_AS_PROMISED)


def _show(tried: Tried) -> None:
    aftercare_differences.show(f"{tried.wave}: mail that did not arrive", tried.open)
    for stands, number in tried.seen.items():
        out.print(f"{stands}: {number:,}", markup=False)
    out.print(
        f"verification {tried.turn}: {tried.people} people tried, {tried.sent} messages sent now, "
        f"{len(tried.open)} differences, {len(tried.covered)} accepted"
    )
