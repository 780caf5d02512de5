"""`mailwave wave items|approve-items|mended`: what a person does for moves that wait for one."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer
from rich.table import Table

from mailwave.cli.context import DryRun, Environment, Ticket, Why, out, reason, settings
from mailwave.wiring import trouble

OneWave = Annotated[str, typer.Option("--wave", "-w", help="The wave")]


def add_to(app: typer.Typer) -> None:
    """Give *app* the commands of this module."""
    app.command()(items)
    app.command()(approve_items)
    app.command()(mended)


def items(environment: Environment, ticket: Ticket, why: Why, wave: OneWave) -> None:
    """List what the moves of a wave would lose and nobody has agreed to (score Investigate), item by item."""
    with trouble.approving_items(settings(environment), reason(ticket, why)) as runbook:
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
    with trouble.approving_items(settings(environment), reason(ticket, why)) as runbook:
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
        runbook = trouble.mend_cause(ledger, reason(ticket, why))
        found = runbook.prepare(wave, cause)
        if not dry_run:
            runbook.run(wave, found)
    out.print(f"{wave}: {found.name} {'would be' if dry_run else 'is'} tried again", markup=False)
