"""`mailwave service`: what people get besides their mailbox, stage by stage."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from mailwave.cli import service_campaign
from mailwave.cli.context import (
    AsJson,
    DryRun,
    Environment,
    Ticket,
    Why,
    out,
    reason,
    settings,
    with_time,
)
from mailwave.cli.keeping import keeping
from mailwave.core.services.judge import Stage
from mailwave.exits import Exit
from mailwave.runbooks.services.look import Looked, by_organisation, report
from mailwave.wiring import services

app = typer.Typer(
    help="Services besides the mailbox: Teams, OneDrive, archives and others, each a stage.",
    no_args_is_help=True,
)

service_campaign.add_to(app)

OfWave = Annotated[str | None, typer.Option("--wave", "-w", help="Only the mailboxes of this wave")]


@app.command()
def status(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: OfWave = None,
    *,
    by: Annotated[bool, typer.Option("--by-organisation", help="A row an organisation and service")] = False,
    as_json: AsJson = False,
) -> None:
    """Read how far each service is for everybody, or for a wave; change nothing."""
    found = settings(environment)
    with services.serving(found, reason(ticket, why), with_time(found), dry_run=True) as serving:
        looked = serving.looker().look(wave)
    if as_json:
        typer.echo(json.dumps(report(looked), indent=2))
        return
    _show(looked, by=by)


@app.command()
def run(
    environment: Environment, ticket: Ticket, why: Why, wave: OfWave = None, *, dry_run: DryRun = False
) -> None:
    """Make what is due, and read everything back; done again it changes nothing. Ends with 50 when one is refused."""
    found = settings(environment)
    asked, say = reason(ticket, why), with_time(found)
    with keeping(found), services.serving(found, asked, say, dry_run=dry_run) as serving:
        if dry_run:
            _show(serving.looker().look(wave), by=False)
            return
        given = serving.runner().run(wave)
    _show(given.left, by=False)
    out.print(f"{given.steps} steps were made")
    if any(each.stage is Stage.REFUSED for each in given.left.places):
        raise typer.Exit(Exit.NOT_AS_PROMISED)


@app.command()
def attest(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    *,
    service: Annotated[str, typer.Option("--service", "-s", help="The service that is there")],
    organisation: Annotated[
        list[str], typer.Option("--organisation", "-o", help="For whom, by ODS code; may be repeated")
    ],
) -> None:
    """Keep the word of whoever answers for a service that nothing shows: it is there for these organisations."""
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = services.attesting(found, ledger, reason(ticket, why))
        wanted = runbook.prepare(service, organisation)
        runbook.run(wanted)
    for each in wanted:
        out.print(f"{each.service}: {each.organisation} until {each.until:%d %b %Y}", markup=False)


def _show(looked: Looked, *, by: bool) -> None:
    every = by_organisation(looked.places) if by else {"": looked.counts}
    headings = ["organisation"] * by + ["service", *(stage.value for stage in Stage)]
    table = Table(*headings, title="people")
    for code, its in every.items():
        for name, numbers in its.items():
            figures = [f"{number:,}" for number in numbers.values()]
            table.add_row(*[code] * by, name, *figures)
    out.print(table)
    refused = [each for each in looked.places if each.stage is Stage.REFUSED]
    for each in refused[:20]:
        out.print(f"{each.service}: {looked.records[each.guid].mailbox.address}: {each.why}", markup=False)
    if len(refused) > 20:
        out.print(f"and {len(refused) - 20} more: `mailwave service status --json` has them all")
