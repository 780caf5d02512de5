"""`mailwave estate check` and `mailwave estate show`: who is ready, and what blocks how many, worst first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from mailwave import wiring
from mailwave.cli.context import DryRun, Environment, Ticket, Why, out, reason, settings

if TYPE_CHECKING:  # polars takes a while to import: a command loads only what it uses
    from mailwave.core.readiness.board import Blocking
    from mailwave.runbooks.check_estate import Checked

Json = Annotated[bool, typer.Option("--json", help="Machine-readable")]


def check(
    environment: Environment,
    client_logs: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="RPC Client Access logs, by server")
    ],
    ticket: Ticket,
    why: Why,
    *,
    evidence: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="What teams and administrators handed in"),
    ] = None,
    as_json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Say which mailboxes may move, and defer or exclude the others, each with its reason."""
    found = settings(environment)
    logs = {
        str(file.relative_to(client_logs)): file.read_bytes() for file in sorted(client_logs.rglob("*.LOG"))
    }
    with found.ledger() as ledger:
        runbook = wiring.check_estate(found, ledger, reason(ticket, why))
        checked = runbook.prepare(logs, wiring.evidence(found, evidence))
        if not dry_run:
            runbook.run(checked)
    if as_json:
        out.print_json(_json(checked))
    else:
        _show(checked)


def show(environment: Environment, *, as_json: Json = False) -> None:
    """Show what keeps how many mailboxes of which organisations out, worst first, as the last check found it."""
    from mailwave.core.readiness.board import standing

    found = settings(environment)
    with found.ledger() as ledger:
        lines = standing(ledger.mailboxes(), wiring.rule_book(found))
    if as_json:
        out.print_json(msgspec.json.encode({"blocking": lines}).decode())
    else:
        out.print(_table(lines))
        out.print(f"{sum(line.mailboxes for line in lines)} mailboxes are kept out")


def _json(checked: Checked) -> str:
    whole = {
        "judged": len(checked.findings),
        "ready": checked.ready,
        "blocking": checked.blocking,
        "not_asked": checked.not_asked,
        "refused": checked.refused,
    }
    return msgspec.json.encode(whole).decode()


def _show(checked: Checked) -> None:
    out.print(_table(checked.blocking))
    if checked.not_asked:
        table = Table("rule", "not passed by", "kind", "why", title="what does not block")
        for line in checked.not_asked:
            table.add_row(line.rule, str(line.subjects), line.kind, escape(line.why))
        out.print(table)
    for refused in checked.refused:
        said = refused.attestation
        out.print(escape(f"no evidence: {said.kind} of {said.organisation} by {said.who}: {refused.why}"))
    out.print(f"{checked.ready} of the {len(checked.findings)} mailboxes that are not on their way are ready")


def _table(lines: list[Blocking]) -> Table:
    table = Table(title="what blocks mailboxes")
    for heading in ("reason", "organisation", "mailboxes"):
        table.add_column(heading, no_wrap=True, justify="right" if heading == "mailboxes" else "left")
    for heading in ("becomes", "who acts", "remedy"):
        table.add_column(heading)
    for line in lines:
        number = f"{line.mailboxes:,}"
        table.add_row(line.code, line.organisation, number, line.effect, line.owner, line.remedy)
    return table
