"""The import of a whole estate from Parquet, for `mailwave estate import --from`."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import err, out, reason, settings


def take(environment: str, folder: Path, ticket: str, why: str, *, dry_run: bool) -> None:
    """Read and check the tables in *folder*, and import them."""
    found, asked = settings(environment), reason(ticket, why)
    with err.status("reading and checking the tables …"):
        estate = wiring.read_tables(folder)
    with found.ledger() as ledger:
        if not dry_run:
            with err.status("writing the ledger …"):
                wiring.import_tables(ledger, asked).run(estate)
    table = Table("what", "number", title="estate")
    table.add_row("organisations", f"{estate.organisations.height:,}")
    table.add_row("… that own mailboxes", f"{estate.mailboxes['organisation'].n_unique():,}")
    table.add_row("mailboxes", f"{estate.mailboxes.height:,}")
    table.add_row("… bytes", f"{estate.mailboxes['size_bytes'].sum():,}")
    table.add_row("delegate rights", f"{estate.permissions.height:,}")
    out.print(table)
