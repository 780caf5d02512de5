"""`mailwave wave items|approve-items|mended|contacts|held`: what a person does for a wave that is in trouble."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import DryRun, Environment, OneWave, Ticket, Why, out, reason, settings, with_time


def add_to(app: typer.Typer) -> None:
    """Give *app* the commands of this module."""
    app.command()(items)
    app.command()(approve_items)
    app.command()(mended)
    app.command()(contacts)
    app.command()(held)


def items(environment: Environment, ticket: Ticket, why: Why, wave: OneWave) -> None:
    """List what the moves of a wave would lose and nobody has agreed to (score Investigate), item by item."""
    with wiring.trouble.approving_items(settings(environment), reason(ticket, why)) as runbook:
        waiting = runbook.prepare(wave)
    for each in waiting:
        table = Table("kind", "folder", "subject", "size", title=f"{each.address}: {each.digest}")
        for item in each.items:
            table.add_row(item.kind, item.folder, item.subject, item.size)
        out.print(table)
    out.print(f"{len(waiting)} mailboxes of {wave} wait for consent", markup=False)


def approve_items(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: OneWave,
    digest: Annotated[
        list[str], typer.Option("--digest", help="A list that `wave items` shows; may be repeated")
    ],
    *,
    dry_run: DryRun = False,
) -> None:
    """Agree, by name, to the loss of exactly the listed items of a mailbox; others found later wait anew."""
    with wiring.trouble.approving_items(settings(environment), reason(ticket, why)) as runbook:
        waiting = runbook.prepare(wave)
        chosen = runbook.chosen(wave, waiting, digest)
        if not dry_run:
            runbook.run(wave, chosen)
    for each in chosen:
        kinds = ", ".join(f"{number} {kind}" for kind, number in Counter(i.kind for i in each.items).items())
        out.print(f"{each.address}: {kinds}", markup=False)


def mended(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: OneWave,
    cause: Annotated[str, typer.Option("--cause", help="A cause of environments/causes.yaml")],
    *,
    dry_run: DryRun = False,
) -> None:
    """Say that a cause of failures is gone: whoever of a wave it has held up is tried again."""
    with settings(environment).ledger() as ledger:
        runbook = wiring.trouble.mend_cause(ledger, reason(ticket, why))
        found = runbook.prepare(wave, cause)
        if not dry_run:
            runbook.run(wave, found)
    out.print(f"{wave}: {found.name} {'would be' if dry_run else 'is'} tried again", markup=False)


def contacts(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: OneWave,
    total: Annotated[int, typer.Option("--total", min=0, help="How many there have been, all in all")],
    *,
    dry_run: DryRun = False,
) -> None:
    """Record how many contacts the service desk has had about a wave; over its budget, every wave is held."""
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = wiring.trouble.record_contacts(found, ledger, reason(ticket, why), with_time(found))
        runbook.prepare(wave)
        stopped = not dry_run and runbook.run(wave, total)
    held_up = ", and every wave is held" if stopped else ""
    out.print(f"{wave}: {total} contacts {'would be ' if dry_run else ''}recorded{held_up}", markup=False)


def held(environment: Environment) -> None:
    """Show what held waves keep at Synced, the incremental slots that takes, and when the service stops it."""
    found = settings(environment)
    with found.ledger() as ledger:
        parts = wiring.trouble.held_waves(found, ledger).run()
    table = Table("wave", "why", "endpoint", "synced", "delta slots", "stops from", title="held waves")
    for part in parts:
        slots = f"{part.slots:.1f} of {part.granted}"
        table.add_row(part.wave, part.why, part.endpoint, f"{part.synced:,}", slots, f"{part.stops:%d %b %Y}")
    out.print(table)
