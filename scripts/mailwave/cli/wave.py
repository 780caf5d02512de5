"""`mailwave wave`: plan, approve, run, verify and account for the waves."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from mailwave import wiring
from mailwave.cli import forecast, plans, single_batches, status, strategies, trouble, way_back
from mailwave.cli.context import (
    AsJson,
    DryRun,
    Environment,
    OneWave,
    Ticket,
    Why,
    out,
    reason,
    settings,
    with_time,
)
from mailwave.cli.keeping import keeping
from mailwave.cli.plans import show_waves
from mailwave.core.account import Account
from mailwave.core.reason import Reason
from mailwave.exits import Exit
from mailwave.wiring import vault

app = typer.Typer(help="The waves: one for each night.", no_args_is_help=True)
plans.add_to(app)
status.add_to(app)
forecast.add_to(app)
strategies.add_to(app)
trouble.add_to(app)
single_batches.add_to(app)
app.add_typer(way_back.app, name="return")


@app.command()
def approve(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: Annotated[
        list[str] | None, typer.Option("--wave", "-w", help="Only this wave; may be repeated")
    ] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Approve exactly the lists that are saved, each until the end of its window."""
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = wiring.approve_waves(found, ledger, reason(ticket, why))
        waves = runbook.prepare(wave or ())
        if not dry_run:
            vault.push_before_consent(found, ledger)
            runbook.run(waves)
    for approved in waves:
        out.print(f"{approved.id}: {len(approved.mailboxes)} mailboxes, {approved.digest}", markup=False)
    if not waves:
        out.print("everything asked for is approved already")


@app.command()
def withdraw(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: Annotated[str | None, typer.Option("--wave", "-w", help="Only of this wave")] = None,
    organisation: Annotated[
        str | None, typer.Option(help="Only of this organisation, by its ODS code")
    ] = None,
    person: Annotated[list[str] | None, typer.Option(help="This address; may be repeated")] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Take people out of their waves; they keep working where they are.

    Who waits is out at once. Of an organisation, or of people who are named, who is under way is out at the next poll,
    but for whoever completes already; a wave's batches that are under way are rolled back.
    """
    if not (wave or organisation or person):
        raise typer.BadParameter("say whom: --wave, --organisation or --person")
    with settings(environment).ledger() as ledger:
        runbook = wiring.withdraw_wave(ledger, reason(ticket, why))
        asked = runbook.prepare(wave, organisation, person or ())
        if not dry_run:
            runbook.run(asked)
    would = "would be " if dry_run else ""
    out.print(f"{len(asked.still)} {would}withdrawn of those who wait", markup=False)
    if asked.under_way:
        out.print(f"{len(asked.under_way)} under way {would}asked for, at the next poll", markup=False)
    if asked.too_late:
        out.print(f"{len(asked.too_late)} complete already, and stay", markup=False)


@app.command()
def hold(
    environment: Environment, ticket: Ticket, why: Why, wave: OneWave, *, dry_run: DryRun = False
) -> None:
    """Hold a wave where it stands: nobody more of it is told, started or completed; its window goes on closing."""
    _hold(environment, reason(ticket, why), wave, hold=True, dry_run=dry_run)


@app.command()
def resume(
    environment: Environment, ticket: Ticket, why: Why, wave: OneWave, *, dry_run: DryRun = False
) -> None:
    """Let a wave that is held go on."""
    _hold(environment, reason(ticket, why), wave, hold=False, dry_run=dry_run)


def _hold(environment: str, asked: Reason, wave: str, *, hold: bool, dry_run: bool) -> None:
    with settings(environment).ledger() as ledger:
        runbook = wiring.hold_wave(ledger, asked, hold=hold)
        wanted = runbook.prepare(wave)
        if wanted and not dry_run:
            runbook.run(wave)
        others = [] if hold else [each for each in runbook.stopped_by() if each != wave]
    would = "would be " if dry_run and wanted else ""
    out.print(f"{wave}: {would}{'held' if hold else 'let go on'}{'' if wanted else ' already'}", markup=False)
    if others:
        out.print(f"{wave} stays held for the budget of {', '.join(others)}: resume that", markup=False)


@app.command()
def run(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    *,
    dry_run: DryRun = False,
) -> None:
    """Warn, pre-sync, remind, complete in the windows, confirm and thank, until nothing is open any more."""
    found = settings(environment)
    with (
        keeping(found),
        wiring.running_waves(found, reason(ticket, why), say=with_time(found)) as runbook,
    ):
        if dry_run:
            show_waves(runbook.prepare())
        else:
            runbook.run()


@app.command()
def verify(environment: Environment) -> None:
    """Read every mailbox back on both sides and verify the journal; end 19 when one is not where it should be."""
    found = settings(environment)
    with wiring.verifying(found) as runbook:
        count, findings = runbook.run()
    for finding in findings:
        out.print(f"{finding.address}: {finding.problem}", markup=False)
    out.print(f"{count} mailboxes read back, {len(findings)} not where the ledger says")
    out.print(vault.anchor(found).short, markup=False)
    if findings:
        raise typer.Exit(Exit.MISPLACED)


@app.command()
def account(environment: Environment, *, as_json: AsJson = False) -> None:
    """Count where every mailbox stands, and why those that did not move did not."""
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = wiring.take_account(ledger)
        taken, why_not = runbook.run(), runbook.why_not_moved()
        anchor = vault.anchor_of(found, ledger)
    if as_json:
        typer.echo(json.dumps({**taken.as_summary(), "journal": anchor.short}, indent=2))
        return
    out.print(anchor.short, markup=False)
    _show_account(taken)
    table = Table("state", "why", "mailboxes", title="not moved")
    for (state, why), number in why_not.most_common():
        table.add_row(state, why, str(number))
    out.print(table)


def _show_account(taken: Account) -> None:
    table = Table("term", "mailboxes", title=f"{taken.organisations} organisations, {taken.nights} nights")
    for term, number in taken.as_summary().items():
        if isinstance(number, int) and term not in ("organisations", "batches", "virtual_nights"):
            table.add_row(term.replace("_", " "), f"{number:,}")
    out.print(table)
    for milestone, number in taken.notices.items():
        out.print(f"{milestone.replace('_', ' ')} notices: {number:,}")
    out.print(f"licences: {taken.licences['given']:,} of {taken.licences['needed']:,} needed")
