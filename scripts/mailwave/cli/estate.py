"""`mailwave estate`: what there is, what is in scope, and what is ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, TaskID

from mailwave import wiring
from mailwave.cli import estate_found, estate_tables, ledger
from mailwave.cli.attest import attest, waive
from mailwave.cli.collect import collect
from mailwave.cli.context import AsJson, DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.cli.estate_amend import amend
from mailwave.cli.estate_check import check
from mailwave.runbooks.import_estate import EstateFiles

if TYPE_CHECKING:  # polars takes a while to import: a command loads only what it uses
    from mailwave.core.discovery.found import Found

app = typer.Typer(help="The estate: discover, import and check it.", no_args_is_help=True)

File = typer.Option(exists=True, dir_okay=False, readable=True)
Ods = typer.Option("--ods", exists=True, help="An ODS export, or the folder of all three")
Csv = Annotated[list[Path] | None, File]


@app.command("import")
def import_(  # noqa: PLR0913  each is an option of the command
    environment: Environment,
    ticket: Ticket,
    why: Why,
    *,
    ods: Annotated[list[Path] | None, Ods] = None,
    tables: Annotated[
        Path | None,
        typer.Option("--from", exists=True, file_okay=False, help="A folder with a whole estate in Parquet"),
    ] = None,
    discovered: Annotated[
        bool, typer.Option("--discovered", help="Take what the last `estate discover` found")
    ] = False,
    mailboxes: Csv = None,
    statistics: Csv = None,
    permissions: Csv = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Import organisations and an inventory, or the tables of --from, whole or not at all; it freezes the scope.

    The inventory is what was discovered, or what `Get-Mailbox | Export-Csv` and `Get-MailboxStatistics | Export-Csv`
    write.
    """
    exported = bool(mailboxes or statistics or permissions)
    if (tables is not None) + discovered + exported > 1 or (tables is not None and ods is not None):
        raise typer.BadParameter("give one of --from, --discovered and --mailboxes with what belongs to it")
    if tables is not None:
        taken = estate_tables.take(environment, tables, ticket, why, dry_run=dry_run)
        estate_tables.say(taken, as_json=as_json)
        return
    if ods is None:
        raise typer.BadParameter("give organisations with --ods, or a whole estate with --from")
    given = [wiring.exported(files or ()) for files in (mailboxes, statistics, permissions)]
    if discovered:
        inventory = wiring.discovered_inventory(settings(environment))
        given = [inventory.mailboxes, inventory.statistics, inventory.permissions]
    taken = _take(environment, EstateFiles(_exports(ods), *given), ticket, why, dry_run=dry_run)
    estate_tables.say(taken, as_json=as_json)


@app.command()
def discover(  # noqa: PLR0913  each is an option of the command
    environment: Environment,
    ods: Annotated[list[Path] | None, Ods] = None,
    ticket: Annotated[str, typer.Option("--ticket", help="With --ods: as for `import`")] = "",
    why: Annotated[str, typer.Option("--reason", help="With --ods: as for `import`")] = "",
    *,
    tenant: Annotated[
        bool, typer.Option("--tenant", help="Read the tenant's users and mail users too")
    ] = False,
    folder_rights: Annotated[
        bool,
        typer.Option(
            "--folder-rights", help="Read who may open which folders: some four questions a mailbox"
        ),
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Ask for everything, not only for what changed")
    ] = False,
    shells: Annotated[int | None, typer.Option(min=1, help="How many shells to open at each site")] = None,
    exports: Annotated[
        list[str] | None,
        typer.Option(metavar="SITE=FOLDER", help="Read a site from a folder of its cmdlets' exports instead"),
    ] = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Read every site, and say what blocks a move, worst first; the next time only what changed is asked for.

    A reading that was cut off goes on where it was. With --ods what was found is imported at once, unless the scope is
    frozen already, and then nothing is read.
    """
    found = settings(environment)
    if ods is not None:
        with found.ledger() as ledger:
            if wiring.import_estate(found, ledger, reason(ticket, why)).is_done():
                out.print("the scope is frozen already; nothing was read")
                return
    extras = tuple(name for name, on in (("folder-rights", folder_rights), ("tenant", tenant)) if on)
    asked = wiring.Asked(extras, shells, wiring.export_folders(found, exports or ()))
    seen = _discovered(found, asked, anew=anew)
    wiring.keep_found(found, seen)
    if ods is None:
        estate_found.say(seen.lines, seen.things, len(seen.estate), as_json=as_json)
        return
    inventory = wiring.discovered_inventory(found)
    files = EstateFiles(_exports(ods), inventory.mailboxes, inventory.statistics, inventory.permissions)
    estate_tables.say(_take(environment, files, ticket, why, dry_run=dry_run), as_json=as_json)


def _discovered(found: wiring.Settings, asked: wiring.Asked, *, anew: bool) -> Found:
    runbook = wiring.discover_estate(found, asked.extras)
    reading = runbook.prepare(anew=anew)
    what = "everything" if reading.since is None else f"what changed since {reading.since:%Y-%m-%d %H:%M} UTC"
    err.print(f"[dim]reading {reading.number} asks for {what}[/]")
    with ExitStack() as stack, Progress(console=err, transient=True) as bar:
        return runbook.run(reading, wiring.readers(found, stack, asked, _bar(bar)))


app.command()(amend)
app.command()(check)
app.command()(collect)
app.command()(attest)
app.command()(waive)
app.command()(estate_found.show)
app.add_typer(ledger.app, name="ledger")
app.command()(estate_found.export)


def _take(
    environment: str, files: EstateFiles, ticket: str, why: str, *, dry_run: bool
) -> estate_tables.Taken:
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = wiring.import_estate(found, ledger, reason(ticket, why))
        estate = runbook.prepare(files)
        if not dry_run:
            runbook.run(estate)
    return estate_tables.Taken(
        organisations=len(estate.organisations),
        kinds=estate.by_kind(),
        owners=len({mailbox.organisation for mailbox in estate.mailboxes}),
        mailboxes=len(estate.mailboxes),
        bytes=sum(mailbox.size_bytes or 0 for mailbox in estate.mailboxes),
        rights=len(estate.permissions),
        dry_run=dry_run,
    )


def _exports(paths: list[Path]) -> Mapping[str, bytes]:
    return wiring.exported(
        file for path in paths for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path])
    )


def _bar(bar: Progress) -> Callable[[str, int, int], None]:
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)

    return show
