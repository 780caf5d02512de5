"""`mailwave worker`: run the waves on this machine, beside workers on others."""

from __future__ import annotations

from typing import Annotated

import typer

from mailwave import wiring
from mailwave.cli.context import Environment, Ticket, Why, reason, settings, with_time
from mailwave.cli.keeping import keeping

app = typer.Typer(help="Run the waves beside other workers, on one PostgreSQL.")


@app.callback(invoke_without_command=True)
def work(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    name: Annotated[
        str, typer.Option("--name", help="This worker's name, the same whenever it is started again")
    ],
) -> None:
    """Take waves that nobody has, and those of a worker that has been silent for half a minute, and run them."""
    found = settings(environment)
    with (
        keeping(found),
        wiring.running_waves(found, reason(ticket, why), say=with_time(found), worker=name) as runbook,
    ):
        runbook.run()
