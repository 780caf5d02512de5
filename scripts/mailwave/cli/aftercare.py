"""`mailwave aftercare`: what people were promised of their mailboxes, kept before the move and made good after it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from mailwave.cli import (
    aftercare_calendars,
    aftercare_delivery,
    aftercare_differences,
    aftercare_licences,
    aftercare_tidy,
)
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
from mailwave.core.aftercare.exceptions import Accepted
from mailwave.core.aftercare.kinds import KINDS
from mailwave.exits import Exit
from mailwave.runbooks.aftercare.check import Checked, as_json
from mailwave.runbooks.approve_waves import wave_of_plan
from mailwave.wiring import aftercare

app = typer.Typer(
    help="After a move: what people were promised, read back and made good.", no_args_is_help=True
)

aftercare_delivery.add_to(app)
aftercare_calendars.add_to(app)
aftercare_licences.add_to(app)
aftercare_tidy.add_to(app)

Thorough = Annotated[
    bool,
    typer.Option("--thorough", help="Look for Full Access that nobody gave on every mailbox: a call each"),
]


@app.command()
def snapshot(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: OneWave,
    *,
    folders: Annotated[
        bool,
        typer.Option("--folders", help="Read roles in folders and rules of everybody: some seven calls each"),
    ] = False,
) -> None:
    """Keep what everybody of a wave has who has not moved yet: addresses, settings, rights; the last one counts."""
    found = settings(environment)
    with (
        keeping(found),
        aftercare.caring(found, reason(ticket, why), with_time(found), dry_run=True) as care,
    ):
        taken = care.snapshot(every_folder=folders).run(wave_of_plan(care.ledger, wave))
    out.print(
        f"{wave}: {len(taken.pictures)} mailboxes kept, and {len(taken.beside)} beside them", markup=False
    )


@app.command()
def check(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: OneWave,
    *,
    thorough: Thorough = False,
    json_: AsJson = False,
) -> None:
    """Read everybody of a wave back on both sides, and name what is not as promised; change nothing."""
    found = settings(environment)
    with (
        keeping(found),
        aftercare.caring(
            found, reason(ticket, why), with_time(found), dry_run=True, thorough=thorough
        ) as care,
    ):
        checked = care.checker().run(wave_of_plan(care.ledger, wave))
        calls = care.sites.calls, care.tenant.calls
    if json_:
        typer.echo(json.dumps(as_json(checked), indent=2))
    else:
        _show(checked)
        out.print(f"{calls[0]} calls at the sites, {calls[1]} in the tenant")
    _end(checked)


@app.command()
def repair(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    wave: OneWave,
    *,
    thorough: Thorough = False,
    dry_run: DryRun = False,
) -> None:
    """Mend what the move of a wave broke, and read everything back; done again, it changes nothing."""
    found = settings(environment)
    asked, say = reason(ticket, why), with_time(found)
    with keeping(found), aftercare.caring(found, asked, say, dry_run=dry_run, thorough=thorough) as care:
        planned = wave_of_plan(care.ledger, wave)
        if dry_run:
            _show(care.checker().look(planned))
            return
        repaired = care.repairer().run(planned)
    _show(repaired.left)
    out.print(f"{repaired.mended} differences were mended")
    _end(repaired.left)


@app.command()
def accept(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    *,
    kind: Annotated[str, typer.Option("--kind", help="A kind of damage, as `aftercare kinds` lists them")],
    owner: Annotated[str, typer.Option("--owner", help="Who answers for it")],
    until: Annotated[
        datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day it may stay")
    ],
    guid: Annotated[str, typer.Option("--mailbox", help="Only of this ExchangeGuid")] = "",
    what: Annotated[str, typer.Option("--what", help="Only this right or value, as `check` shows it")] = "",
) -> None:
    """Declare that a difference stays for a while, with who answers for it; over that day it is open again."""
    found = settings(environment)
    with found.ledger() as ledger:
        wanted = Accepted(kind, owner, until.date(), guid.lower(), what)
        aftercare.accept(found, ledger, reason(ticket, why)).run(wanted)
    out.print(f"{kind}: accepted until {until:%d %b %Y}, {owner} answers for it", markup=False)


@app.command()
def kinds() -> None:
    """List the kinds of damage, and who mends what cannot be mended here."""
    table = Table("kind", "what it is", "else mended by")
    for name, kind in KINDS.items():
        table.add_row(name, kind.says, kind.owner)
    out.print(table)


def _show(checked: Checked) -> None:
    aftercare_differences.show(f"{checked.wave}: not as promised", checked.open)
    for kind, number in checked.kinds.items():
        out.print(f"{kind}: {number:,}", markup=False)
    out.print(
        f"{checked.mailboxes} mailboxes read back, {len(checked.open)} differences, {len(checked.covered)} accepted"
    )


def _end(checked: Checked) -> None:
    if checked.open:
        raise typer.Exit(Exit.NOT_AS_PROMISED)
