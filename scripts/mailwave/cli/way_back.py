"""`mailwave wave return`: take moved mailboxes back to their sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from mailwave import wiring
from mailwave.cli.context import DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.core.address_list import read_addresses

app = typer.Typer(help="The way back to the sites, in three steps.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The batch that `start` has named")]


@app.command()
def start(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    address: Annotated[
        list[str] | None, typer.Option("--address", "-a", help="A moved mailbox; may be repeated")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A table whose column EmailAddress names moved mailboxes")
    ] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Start a batch a site that copies these mailboxes back; until it completes, nothing changes for anybody."""
    listed = read_addresses(file.name, file.read_bytes()) if file else []
    if not (address or listed):
        raise typer.BadParameter("name mailboxes with --address or --file", param_hint="--address")
    found = settings(environment)
    with wiring.returning(found, reason(ticket, why), dry_run=dry_run, say=_with_time(found)) as runbook:
        wanted = runbook.prepare([*(address or ()), *listed])
        if not dry_run:
            runbook.start(wanted)
    for each in wanted:
        out.print(f"{each.name}: {len(each.records)} mailboxes back to {each.site}", markup=False)


@app.command()
def approve(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    name: Name,
    hours: Annotated[int, typer.Option(min=1, max=72, help="For how long from now")] = 8,
) -> None:
    """Approve the completion of exactly the list of a batch, from now on, for some hours."""
    found = settings(environment)
    until = found.clock().now() + timedelta(hours=hours)
    with wiring.returning(found, reason(ticket, why), dry_run=True, say=_with_time(found)) as runbook:
        approval = runbook.approve(name, until)
    out.print(f"{name}: {approval.digest}, until {until:%Y-%m-%d %H:%M} UTC", markup=False)


@app.command()
def complete(environment: Environment, ticket: Ticket, why: Why, name: Name) -> None:
    """Complete an approved batch, wait until each of it has ended, and read back on its site who has arrived."""
    found = settings(environment)
    with wiring.returning(found, reason(ticket, why), dry_run=False, say=_with_time(found)) as runbook:
        back = runbook.complete(name)
    out.print(f"{name}: {back} mailboxes are back on their site", markup=False)


def _with_time(found: wiring.Settings) -> Callable[[str], None]:
    clock = found.clock()

    def say(text: str) -> None:
        err.print(f"[dim]{clock.now():%a %d %b %Y %H:%M} UTC[/]  {text}")

    return say
