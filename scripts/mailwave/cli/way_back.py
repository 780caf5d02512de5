"""`mailwave wave return`: take moved mailboxes back to their sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.core.address_list import read_addresses
from mailwave.core.rollback import Cost, refuse_short

app = typer.Typer(help="The way back to the sites, in three steps.", no_args_is_help=True)

GB = 10**9

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
    within: Annotated[
        float | None, typer.Option(help="Refuse what takes more hours than this", min=0)
    ] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Start a batch a site that copies these mailboxes back; until it completes, nothing changes for anybody.

    What it costs is said first, and is refused where it does not fit.
    """
    listed = read_addresses(file.name, file.read_bytes()) if file else []
    if not (address or listed):
        raise typer.BadParameter("name mailboxes with --address or --file", param_hint="--address")
    found = settings(environment)
    with wiring.returning(found, reason(ticket, why), dry_run=dry_run, say=_with_time(found)) as runbook:
        wanted = runbook.prepare([*(address or ()), *listed])
        cost = wiring.cost_return(found, runbook).run([each for one in wanted for each in one.records])
        show_cost(cost)
        refuse_short(cost, hours=within)
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


def show_cost(cost: Cost) -> None:
    """Say what a way back costs, and who needs more than a batch."""
    table = Table("site", "mailboxes", "GB", "room, GB", "hours", title="the way back")
    for each in cost.sites:
        room = "not read" if each.free is None else f"{each.free / GB:,.1f}"
        table.add_row(each.site, f"{each.mailboxes:,}", f"{each.bytes / GB:,.1f}", room, f"{each.hours:,.1f}")
    out.print(table)
    unsized = sum(each.unsized for each in cost.sites)
    out.print(
        f"{cost.hours:,.1f} hours for all"
        + (f"; {unsized} mailboxes have no known size and count for nothing" if unsized else "")
    )
    if cost.born:
        out.print(
            f"{len(cost.born)} mailboxes of these organisations were born in the cloud and are in no batch, the first "
            f"{cost.born[0]}: each needs a remote mailbox with its ExchangeGuid first (fact B49)",
            markup=False,
        )


def _with_time(found: wiring.Settings) -> Callable[[str], None]:
    clock = found.clock()

    def say(text: str) -> None:
        err.print(f"[dim]{clock.now():%a %d %b %Y %H:%M} UTC[/]  {text}")

    return say
