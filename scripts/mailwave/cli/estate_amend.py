"""`mailwave estate amend`: who joins, who leaves, and who goes to another organisation while the move is under way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from mailwave import wiring
from mailwave.cli.context import AsJson, DryRun, Environment, Ticket, Why, out, reason, settings
from mailwave.runbooks.amend_estate import AmendmentFiles


def _files(help_: str) -> Any:
    return typer.Option(exists=True, dir_okay=False, readable=True, help=help_)


Joiners = Annotated[
    list[Path] | None, _files("Mailboxes that join, as `Get-Mailbox | Export-Csv` writes them")
]
Statistics = Annotated[list[Path] | None, _files("Their sizes, as `Get-MailboxStatistics | Export-Csv` does")]
Permissions = Annotated[list[Path] | None, _files("Rights that come with them: Mailbox, Trustee, Right")]
Leavers = Annotated[list[Path] | None, _files("Mailboxes whose owners leave: a column ExchangeGuid")]
Transfers = Annotated[list[Path] | None, _files("Mailboxes that change hands: ExchangeGuid, Organisation")]


def amend(  # noqa: PLR0913  each is an option of the command
    environment: Environment,
    ticket: Ticket,
    why: Why,
    *,
    joiners: Joiners = None,
    statistics: Statistics = None,
    permissions: Permissions = None,
    leavers: Leavers = None,
    transfers: Transfers = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Change the frozen scope, whole or not at all.

    Who joins waits for the next plan. Who leaves is excluded while waiting, and withdrawn by `wave run` when in flight.
    """
    found = settings(environment)
    given = (joiners, statistics, permissions, leavers, transfers)
    with found.ledger() as ledger:
        runbook = wiring.amend_estate(found, ledger, reason(ticket, why))
        amendment = runbook.prepare(AmendmentFiles(*(wiring.exported(files or ()) for files in given)))
        if not dry_run:
            runbook.run(amendment)
    if as_json:
        names = ("joiners", "leavers", "transfers")
        numbers: dict[str, object] = {name: len(getattr(amendment, name)) for name in names}
        out.print_json(msgspec.json.encode(numbers | {"dry_run": dry_run}).decode())
        return
    will = "would " if dry_run else ""
    for number, what in (
        (len(amendment.joiners), f"{will}join"),
        (len(amendment.leavers), f"{will}leave"),
        (len(amendment.transfers), f"{will}go to another organisation"),
    ):
        if number:
            out.print(f"{number:,} mailboxes {what}")
