"""`mailwave estate collect`: the evidence that services show, kept where the check looks."""

from __future__ import annotations

import msgspec
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import AsJson, DryRun, Environment, out, settings


def collect(environment: Environment, *, as_json: AsJson = False, dry_run: DryRun = False) -> None:
    """Collect what discovery and the tenant show of every mailbox, as evidence for the next check."""
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = wiring.collect_evidence(found, ledger)
        collected = runbook.prepare()
        if not dry_run:
            runbook.run(collected)
    if as_json:
        whole = {
            "mailboxes": len(collected.table),
            "known": collected.known,
            "seats": {"free": collected.seats, "needed": collected.needed},
        }
        out.print_json(msgspec.json.encode(whole).decode())
        return
    table = Table("evidence", title="what is known of mailboxes")
    table.add_column("mailboxes", justify="right")
    for name, number in collected.known.items():
        table.add_row(name, f"{number:,}")
    out.print(table)
    out.print(f"{collected.seats:,} licence seats are free and {collected.needed:,} are needed")
