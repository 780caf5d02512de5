"""`mailwave notify`: what people are sent, and what did not reach them."""

from __future__ import annotations

import json
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from mailwave.cli.context import AsJson, DryRun, Environment, Ticket, Why, out, reason, settings, with_time
from mailwave.core.notices import Milestone
from mailwave.core.reason import Reason
from mailwave.wiring import notices

app = typer.Typer(
    help="Notices to people: what they are sent, and what did not reach them.", no_args_is_help=True
)

_LOOKING = Reason(who="preview", source="mailwave notify", ticket="none", text="nothing is changed")
"""Under which nothing is ever recorded."""


@app.command()
def preview(
    environment: Environment,
    person: Annotated[str, typer.Argument(help="An address, or an ExchangeGuid")],
    milestone: Annotated[
        Milestone, typer.Option("--milestone", "-m", help="What the notice is about")
    ] = Milestone.TWO_WEEKS,
) -> None:
    """Show what a person is sent: text, template, when, and by which route; of a shared mailbox, its users."""
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = notices.preview_notice(found, ledger, _LOOKING, with_time(found))
        shown = runbook.run(person, milestone)
    for each in shown:
        template = each.letter.template
        when = f"{each.due:%a %d %b %Y %H:%M} UTC" if each.due else "when it happens"
        out.print(f"to:       {each.letter.address}", markup=False)
        out.print(f"route:    {found.estate.notices.route}", markup=False)
        out.print(f"template: {template.id} ({template.audience}, {template.language})", markup=False)
        out.print(f"when:     {when}{f'; {each.stands}' if each.stands else ''}", markup=False)
        out.print(f"subject:  {each.subject}\n\n{each.body}\n", markup=False)


@app.command()
def bounces(
    environment: Environment,
    organisation: Annotated[str | None, typer.Option("--organisation", help="Only of this ODS code")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the notices that people did not get: refused by the service, or come back to it."""
    with settings(environment).ledger() as ledger:
        found = ledger.undelivered(organisation)
    if as_json:
        typer.echo(json.dumps([msgspec.to_builtins(each) for each in found], indent=2))
        return
    table = Table("organisation", "address", "notice", "night", "why", title=f"{len(found):,} not delivered")
    for each in found:
        notice = f"{each.milestone.replace('_', ' ')} to {each.audience}"
        table.add_row(each.organisation, each.address or each.recipient, notice, each.night, each.why)
    out.print(table, markup=False)


@app.command("read-back")
def read_back(environment: Environment, ticket: Ticket, why: Why, *, dry_run: DryRun = False) -> None:
    """Ask the service what did not arrive in the last seven days, and keep it in the ledger."""
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = notices.read_back(found, ledger, reason(ticket, why))
        news = runbook.prepare()
        if not dry_run:
            runbook.run(news)
    out.print(f"{len(news):,} notices {'would be ' if dry_run else ''}recorded as not delivered")
