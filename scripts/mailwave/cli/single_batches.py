"""`mailwave wave start|complete|roll-back`: one batch by hand, by the runbooks of a run and of `site apply`."""

from __future__ import annotations

from typing import Annotated

import typer

from mailwave import wiring
from mailwave.cli import play_report
from mailwave.cli.context import DryRun, Environment, Ticket, Why, err, out, reason, settings, with_time
from mailwave.cli.keeping import keeping
from mailwave.cli.play_progress import showing

COMPLETE, ROLL_BACK = "54_complete_batch", "56_roll_back_batch"

OneBatch = Annotated[
    str, typer.Option("--batch", "-b", help="The batch; `wave status --by batch` names them")
]


def add_to(app: typer.Typer) -> None:
    """Give *app* the commands of this module."""
    app.command()(start)
    app.command()(complete)
    app.command("roll-back")(roll_back)


def start(
    environment: Environment, ticket: Ticket, why: Why, batch: OneBatch, *, dry_run: DryRun = False
) -> None:
    """Start one batch of people who were told, before the run of its wave gets to it; no run may be under way."""
    found = settings(environment)
    with (
        keeping(found),
        wiring.batches.starting(found, reason(ticket, why), say=with_time(found)) as runbook,
    ):
        ready, members = runbook.prepare(batch)
        if not dry_run:
            runbook.run(ready, members)
    out.print(f"{batch}: {'would be ' if dry_run else ''}started, {len(members)} mailboxes", markup=False)


def complete(
    environment: Environment, ticket: Ticket, why: Why, batch: OneBatch, *, dry_run: DryRun = False
) -> None:
    """Complete all that is synced of one batch, in its wave's window and under its approval, by play 54."""
    _play(COMPLETE, environment, ticket, why, batch, check=dry_run)


def roll_back(
    environment: Environment, ticket: Ticket, why: Why, batch: OneBatch, *, dry_run: DryRun = False
) -> None:
    """Stop and remove one batch of which nobody has completed, by play 56; the next run defers its mailboxes."""
    _play(ROLL_BACK, environment, ticket, why, batch, check=dry_run)


def _play(play: str, environment: str, ticket: str, why: str, batch: str, *, check: bool) -> None:
    found = settings(environment)
    with keeping(found), found.ledger() as ledger, showing(err) as on_beat:
        runbook = wiring.apply_play(found, ledger, reason(ticket, why), on_beat=on_beat)
        order = runbook.prepare(play, wiring.batches.play_variables(found, ledger, batch), (), check=check)
        if check:
            done = [runbook.predict(order)]
        else:
            applied = runbook.run(order)
            done = [result for result in (applied.result, applied.verified) if result]
    out.print(play_report.results(done, as_json=False, check=check))
