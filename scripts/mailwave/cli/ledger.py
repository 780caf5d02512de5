"""`mailwave estate ledger`: which version the ledger is of, and bringing it to the program's."""

from __future__ import annotations

import msgspec
import typer
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import AsJson, DryRun, Environment, out, settings

app = typer.Typer(help="The ledger's database: its version, and its upgrade.", no_args_is_help=True)


@app.command()
def status(environment: Environment, *, as_json: AsJson = False) -> None:
    """Show where the ledger is, its version, and what an upgrade would do."""
    found = wiring.ledger_status(settings(environment))
    if as_json:
        out.print_json(msgspec.json.encode(found).decode())
        return
    _show(found)


@app.command()
def upgrade(environment: Environment, *, dry_run: DryRun = False) -> None:
    """Bring the ledger to this program's version, whole or not at all. Back it up before: there is no way back."""
    here = settings(environment)
    found = wiring.ledger_status(here)
    _show(found)
    if found.steps and not dry_run:
        wiring.upgrade_ledger(here)
        out.print(f"the ledger is of version {found.needed} now")


def _show(found: wiring.LedgerStatus) -> None:
    out.print(f"ledger {found.name}")
    out.print(
        f"version {found.held or 'none, as nothing is in it yet'}; this program works on {found.needed}"
    )
    if found.steps:
        table = Table("version", "what it brings", title="to be upgraded")
        for step in found.steps:
            table.add_row(*step)
        out.print(table)
