"""`mailwave site`: the on-premises servers, and what plays do at the tenant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from mailwave import wiring
from mailwave.cli import play_report
from mailwave.cli.context import AsJson, DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.cli.keeping import keeping
from mailwave.cli.play_progress import showing
from mailwave.core.play_table import Value

app = typer.Typer(help="The on-premises servers, by Ansible plays.", no_args_is_help=True)

Servers = Annotated[
    list[str] | None, typer.Option("--server", "-s", help="Only this server; may be repeated")
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", help="A variable of the play, name=value; may be repeated")
]


@app.command("list")
def list_plays(*, as_json: AsJson = False) -> None:
    """Every play: what it does, what verifies it, and the variables that it takes."""
    out.print(play_report.plays(wiring.play_table(), as_json=as_json))


@app.command()
def verify(
    environment: Environment,
    plays: Annotated[
        list[str] | None,
        typer.Argument(help="Plays by name or number; without any, all that need no variable"),
    ] = None,
    server: Servers = None,
    given: Settings = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Read only: what is not as it should be, with the fact that it rests on and what repairs it."""
    found = settings(environment)
    with showing(err) as on_beat:
        runbook = wiring.verify_sites(found, on_beat=on_beat)
        results = runbook.run(runbook.prepare(plays or (), _variables(given), server or ()))
    out.print(play_report.results(results, as_json=as_json))
    raise typer.Exit(play_report.code(results))


@app.command()
def apply(  # noqa: PLR0913  each is an option of the command
    environment: Environment,
    play: Annotated[str, typer.Argument(help="A play by name or number")],
    ticket: Ticket,
    why: Why,
    server: Servers = None,
    given: Settings = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", "-n", help="Say what would change; change nothing")
    ] = False,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Also the servers that an earlier run finished")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run one play and read back with its twin; a run that was cut off goes on with the servers not done."""
    found = settings(environment)
    if not check:
        wiring.refuse_reviewed(found, play)
    with keeping(found), found.ledger() as ledger, showing(err) as on_beat:
        runbook = wiring.apply_play(found, ledger, reason(ticket, why), on_beat=on_beat)
        order = runbook.prepare(play, _variables(given), server or (), check=check)
        if check:
            done = [runbook.predict(order)]
        else:
            applied = runbook.run(order, from_start=from_start)
            play_report.left_out(err, applied.left_out)
            done = [result for result in (applied.result, applied.verified) if result]
    out.print(play_report.results(done, as_json=as_json, check=check))


@app.command()
def prepare(environment: Environment, ticket: Ticket, why: Why, *, dry_run: DryRun = False) -> None:
    """Bring every server to the settings that a hybrid move needs, and verify them."""
    found = settings(environment)
    with keeping(found), found.ledger() as ledger, showing(err) as on_beat:
        runbook = wiring.prepare_sites(found, ledger, reason(ticket, why), on_beat=on_beat)
        changed = runbook.prepare() if dry_run else runbook.run()
    for line in changed:
        out.print(line, markup=False)
    if not changed:
        out.print("every server is as it should be")


def _variables(given: Sequence[str] | None) -> dict[str, Value]:
    """The values of ``--set name=value``."""
    pairs = [text.partition("=") for text in given or ()]
    wrong = next((name for name, equals, _ in pairs if not (name and equals)), None)
    if wrong is not None:
        raise typer.BadParameter(f"{wrong!r} is not name=value", param_hint="--set")
    return {name: value for name, _, value in pairs}
