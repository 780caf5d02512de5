"""`mailwave estate check`, and what `show` and `export` say of its verdicts, worst first, to whom they concern."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from mailwave import wiring
from mailwave.cli import estate_lines
from mailwave.cli.context import AsJson, DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.cli.logs import logs_below

if TYPE_CHECKING:  # polars takes a while to import: a command loads only what it uses
    from mailwave.core.readiness.board import Blocking
    from mailwave.runbooks.check_estate import Checked

Organisation = Annotated[
    str | None, typer.Option("--organisation", help="An ODS code; a local administrator's is their own")
]


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
        typer.Option(exists=True, file_okay=False, help="What was handed in; else what is kept here"),
    ] = None,
    organisation: Organisation = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Say which mailboxes may move, and defer or exclude the others, each with its reason.

    Only organisations in which something changed since the last check are judged anew. A local administrator is shown
    their organisation as it is known to itself; nothing is recorded then.
    """
    found = settings(environment, administrators=True)
    logs = logs_below(client_logs, "*.LOG")
    with found.ledger() as ledger:
        scope = wiring.scope(found, ledger, organisation)
        runbook = wiring.check_estate(found, ledger, reason(ticket, why), evidence)
        checked = runbook.prepare(logs, wiring.evidence(found, evidence, ledger, scope), scope)
        if not dry_run and not scope.is_bound:
            runbook.run(checked)
    if as_json:
        out.print_json(_json(checked))
    else:
        _show(checked)


def show(environment: Environment, *, organisation: str | None = None, as_json: bool = False) -> None:
    """Show what keeps how many mailboxes out, of one organisation or of all, as the last check found it."""
    from mailwave.core.readiness.board import standing

    found = settings(environment, administrators=True)
    with found.ledger() as ledger:
        scope = wiring.scope(found, ledger, organisation)
        boxes = ledger.mailbox_columns("organisation", "state", "why", organisation=scope.organisation)
    lines = standing(boxes, wiring.rule_book(found), scope)
    if as_json:
        out.print_json(msgspec.json.encode({"blocking": lines}).decode())
    else:
        _say(lines)
        judged = (
            "" if lines else "; those that nobody has judged yet are not among them: `mailwave estate check`"
        )
        out.print(f"{sum(line.mailboxes for line in lines)} mailboxes are kept out{judged}")


def export(environment: Environment, to: Path, organisation: str | None) -> int:
    """Write where each mailbox of one organisation stands into *to*, and return how many there are."""
    from mailwave.core.readiness.board import STANDING, sheet

    found = settings(environment, administrators=True)
    with found.ledger() as ledger:
        scope = wiring.scope(found, ledger, organisation)
        boxes = ledger.mailbox_columns(*STANDING, organisation=scope.organisation)
    to.mkdir(parents=True, exist_ok=True)
    text = sheet(boxes, wiring.rule_book(found), scope)
    wiring.write_whole(to / "readiness.csv", text.encode("utf-8-sig"))
    return len(boxes)


def _json(checked: Checked) -> str:
    whole = {
        "judged": len(checked.findings),
        "ready": checked.findings.ready,
        "organisations": {"all": checked.again.organisations, "anew": checked.again.anew},
        "blocking": checked.blocking,
        "not_asked": checked.not_asked,
        "refused": checked.refused,
    }
    return msgspec.json.encode(whole).decode()


def _show(checked: Checked) -> None:
    _say(checked.blocking)
    if checked.not_asked:
        table = Table("rule", "not passed by", "kind", "why", title="what does not block")
        for line in checked.not_asked:
            table.add_row(line.rule, str(line.subjects), line.kind, escape(line.why))
        out.print(table)
    for refused in checked.refused:
        said = refused.statement
        out.print(escape(f"no evidence: {said.rule} of {said.organisation} by {said.who}: {refused.why}"))
    again = checked.again
    err.print(f"[dim]{again.anew} of {again.organisations} organisations were judged anew[/]")
    out.print(
        f"{checked.findings.ready} of the {len(checked.findings)} mailboxes that are not on their way are ready"
    )


def _say(lines: list[Blocking]) -> None:
    told = [
        estate_lines.Line(line.effect, line.code, line.organisation, line.mailboxes, line.owner, line.remedy)
        for line in lines
    ]
    estate_lines.say(out, "what blocks mailboxes", told)
