"""`mailwave site`: the on-premises servers."""

from __future__ import annotations

from collections.abc import Callable

import typer
from rich.progress import Progress

from mailwave import wiring
from mailwave.cli.context import DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.core.plays import Beat

app = typer.Typer(help="The on-premises servers, by Ansible plays.", no_args_is_help=True)


@app.command()
def prepare(environment: Environment, ticket: Ticket, why: Why, *, dry_run: DryRun = False) -> None:
    """Bring every server to the settings that a hybrid move needs, and verify them."""
    found = settings(environment)
    with found.ledger() as ledger, Progress(console=err, transient=True) as bar:
        runbook = wiring.prepare_sites(found, ledger, reason(ticket, why), on_beat=_beats(bar))
        changed = runbook.prepare() if dry_run else runbook.run()
    for line in changed:
        out.print(line, markup=False)
    if not changed:
        out.print("every server is as it should be")


def _beats(bar: Progress) -> Callable[[Beat], None]:
    task = bar.add_task("plays", total=None)

    def show(beat: Beat) -> None:
        bar.update(task, description=f"{beat.server}: {beat.task}")

    return show
