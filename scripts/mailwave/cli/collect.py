"""`mailwave estate collect`: the evidence that services show, kept where the check looks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import AsJson, DryRun, Environment, out, settings
from mailwave.cli.logs import some_logs_below


def collect(
    environment: Environment,
    *,
    web_logs: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Logs of the servers' web sites, by server"),
    ] = None,
    client_use: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="What play 09 has counted on the servers"),
    ] = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Collect what discovery, the tenant, DNS and the servers' logs show, as evidence for the next check."""
    found = settings(environment)
    web = some_logs_below(web_logs, "u_ex*.log") if web_logs else {}
    used = some_logs_below(client_use, "*.client-use.tsv") if client_use else {}
    with found.ledger() as ledger:
        runbook = wiring.collect_evidence(found, ledger)
        collected = runbook.prepare(web, used)
        if not dry_run:
            runbook.run(collected)
    if as_json:
        whole = {
            "mailboxes": len(collected.mailboxes),
            "known": collected.known,
            "organisations": collected.shown,
            "used": collected.used,
            "seats": {"free": collected.seats, "needed": collected.needed},
        }
        out.print_json(msgspec.json.encode(whole).decode())
        return
    out.print(_table("mailboxes", collected.known))
    out.print(_table("organisations", collected.shown))
    if collected.used:
        out.print(_table("mailboxes by protocol", collected.used))
    out.print(f"{collected.seats:,} licence seats are free and {collected.needed:,} are needed")


def _table(subjects: str, known: Mapping[str, int]) -> Table:
    table = Table("evidence", title=f"what is known of {subjects}")
    table.add_column(subjects, justify="right")
    for name, number in known.items():
        table.add_row(name, f"{number:,}")
    return table
