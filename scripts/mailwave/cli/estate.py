"""`mailwave estate`: what is in scope and what is ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.cli.estate_check import check, show
from mailwave.runbooks.import_estate import EstateFiles, ReadEstate

app = typer.Typer(help="The estate: import, discover and check it.", no_args_is_help=True)

File = typer.Option(exists=True, dir_okay=False, readable=True)
Ods = Annotated[
    list[Path],
    typer.Option("--ods", exists=True, help="An ODS export, or the folder of all three"),
]
Csv = Annotated[list[Path] | None, File]


@app.command("import")
def import_(
    environment: Environment,
    ods: Ods,
    ticket: Ticket,
    why: Why,
    *,
    mailboxes: Csv = None,
    statistics: Csv = None,
    permissions: Csv = None,
    dry_run: DryRun = False,
) -> None:
    """Import organisations and an inventory, whole or not at all.

    The inventory is what `Get-Mailbox | Export-Csv` and `Get-MailboxStatistics | Export-Csv` write.
    """
    files = EstateFiles(_exports(ods), _contents(mailboxes), _contents(statistics), _contents(permissions))
    _take(environment, files, ticket, why, dry_run=dry_run)


@app.command()
def discover(
    environment: Environment, ods: Ods, ticket: Ticket, why: Why, *, dry_run: DryRun = False
) -> None:
    """Read every site through remote PowerShell, keep what was read, and import it; once only, as scope is frozen."""
    found = settings(environment)
    with found.ledger() as ledger:
        if wiring.import_estate(found, ledger, reason(ticket, why)).is_done():
            out.print("the scope is frozen already; nothing was read")
            return
    with Progress(console=err, transient=True) as bar:
        inventory = wiring.discover(found, _bar(bar))
    files = EstateFiles(_exports(ods), inventory.mailboxes, inventory.statistics, inventory.permissions)
    _take(environment, files, ticket, why, dry_run=dry_run)


app.command()(check)
app.command()(show)


def _take(environment: str, files: EstateFiles, ticket: str, why: str, *, dry_run: bool) -> None:
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = wiring.import_estate(found, ledger, reason(ticket, why))
        estate = runbook.prepare(files)
        if not dry_run:
            runbook.run(estate)
    _show_estate(estate)


def _exports(paths: list[Path]) -> dict[str, bytes]:
    files = [file for path in paths for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path])]
    return {str(file): file.read_bytes() for file in files}


def _contents(paths: list[Path] | None) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in paths or ()}


def _bar(bar: Progress) -> Callable[[str, int, int], None]:
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done)

    return show


def _show_estate(estate: ReadEstate) -> None:
    owners = Counter(mailbox.organisation for mailbox in estate.mailboxes)
    table = Table("what", "number", title="estate")
    for kind, number in estate.by_kind().items():
        table.add_row(f"organisations: {kind}", f"{number:,}")
    table.add_row("organisations", f"{len(estate.organisations):,}")
    table.add_row("… that own mailboxes", f"{len(owners):,}")
    table.add_row("mailboxes", f"{len(estate.mailboxes):,}")
    size = sum(mailbox.size_bytes or 0 for mailbox in estate.mailboxes)
    table.add_row("… bytes", f"{size:,}")
    table.add_row("delegate rights", f"{len(estate.permissions):,}")
    out.print(table)
