"""`mailwave aftercare tidy`: what a wave left behind, removed where nobody needs it and named where somebody may."""

from __future__ import annotations

import typer

from mailwave.cli.context import DryRun, Environment, OneWave, Ticket, Why, out, reason, settings, with_time
from mailwave.cli.keeping import keeping
from mailwave.core.aftercare.leftovers import NAMED, REMOVED, Rests
from mailwave.exits import Exit
from mailwave.runbooks.aftercare.tidy import Seen
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.wiring import aftercare


def add_to(app: typer.Typer) -> None:
    """Let *app* have the command."""
    app.command()(tidy)


def tidy(
    environment: Environment, ticket: Ticket, why: Why, wave: OneWave, *, dry_run: DryRun = False
) -> None:
    """Remove what the moved mailboxes of a wave left behind and nobody needs, read that back, and name the rest."""
    found = settings(environment)
    asked, say = reason(ticket, why), with_time(found)
    with keeping(found), aftercare.caring(found, asked, say, dry_run=dry_run) as care:
        planned, tidier = wave_of_plan(care.ledger, wave), care.tidier()
        if dry_run:
            seen = tidier.look(planned)
            for each in seen.surplus:
                out.print(f"would remove {each.what} of {each.address}", markup=False)
            _show(seen)
            out.print(f"{len(seen.surplus)} leftovers would be removed")
            return
        tidied = tidier.run(planned)
    for each in tidied.left:
        out.print(f"is still there: {each.what} of {each.address}", markup=False)
    _show(tidied.seen)
    for kind, called in REMOVED.items():
        out.print(f"{tidied.removed[kind]} {called} were removed")
    if tidied.left:
        raise typer.Exit(Exit.NOT_AS_PROMISED)


def _show(seen: Seen) -> None:
    for each in seen.named:
        out.print(
            f"{each.kind} of {each.address}: {each.what} ({each.where}); {NAMED[each.kind].says}; "
            f"{each.owner} settles it",
            markup=False,
        )
    for rest in seen.rests:
        out.print(_ends(rest), markup=False)


def _ends(rest: Rests) -> str:
    after = ", and until the database was backed up" if rest.backup else ""
    return (
        f"{rest.database} at {rest.site} keeps {rest.mailboxes} mailboxes that have moved, {rest.size / 1024**3:,.1f} "
        f"GiB, until {rest.until:%d %b %Y}{after}"
    )
