"""The import of a whole estate from Parquet, for `mailwave estate import --from`, and what any import says it took."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import err, out, reason, settings


class Taken(msgspec.Struct, frozen=True):
    """How many of each an import took: *owners* are organisations that own mailboxes; *dry_run*: it wrote nothing."""

    organisations: int
    kinds: Mapping[str, int]
    owners: int
    mailboxes: int
    bytes: int
    rights: int
    dry_run: bool


def take(environment: str, folder: Path, ticket: str, why: str, *, dry_run: bool) -> Taken:
    """Read and check the tables in *folder*, and import them."""
    found, asked = settings(environment), reason(ticket, why)
    with err.status("reading and checking the tables …"):
        estate = wiring.read_tables(folder)
    with found.ledger() as ledger:
        if not dry_run:
            with err.status("writing the ledger …"):
                wiring.import_tables(ledger, asked).run(estate)
    return Taken(
        organisations=estate.organisations.height,
        kinds=dict(sorted(estate.organisations.group_by("kind").len().iter_rows())),
        owners=estate.mailboxes["organisation"].n_unique(),
        mailboxes=estate.mailboxes.height,
        bytes=int(estate.mailboxes["size_bytes"].sum()),
        rights=estate.permissions.height,
        dry_run=dry_run,
    )


def say(taken: Taken, *, as_json: bool) -> None:
    """Print *taken*: as JSON, or as a table."""
    if as_json:
        out.print_json(msgspec.json.encode(taken).decode())
        return
    table = Table("what", "number", title="estate that would be imported" if taken.dry_run else "estate")
    rows = {
        **{f"organisations: {kind}": number for kind, number in taken.kinds.items()},
        "organisations": taken.organisations,
        "… that own mailboxes": taken.owners,
        "mailboxes": taken.mailboxes,
        "… bytes": taken.bytes,
        "delegate rights": taken.rights,
    }
    for what, number in rows.items():
        table.add_row(what, f"{number:,}")
    out.print(table)
