"""`mailwave change`: what a change board asks for, consents to, and sees made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape
from rich.table import Column, Table

from change_control.contents import Window
from change_control.errors import Drifted, NotProved
from controls.baseline import Judged, Verdict
from mailwave import wiring
from mailwave.cli.change_shown import show_change, show_proof
from mailwave.cli.context import AsJson, DryRun, Environment, Ticket, Why, err, out, reason, settings
from mailwave.cli.keeping import keeping
from mailwave.cli.play_progress import showing
from mailwave.cli.stack_report import layers, say
from mailwave.core.stacks import StackBeat
from mailwave.exits import Exit
from mailwave.runbooks.find_all_drift import Drift
from mailwave.runbooks.review_change import Asked
from mailwave.wiring import changes, releases, vault

app = typer.Typer(help="What a change board is asked, consents to, and sees made.", no_args_is_help=True)

LONDON = ZoneInfo("Europe/London")

Change = Annotated[
    str,
    typer.Argument(help="The change, by the beginning of its digest", show_default="the only one there is"),
]
Parts = Annotated[
    list[str] | None,
    typer.Option("--part", help="Only this part, such as 'stack hybrid-pilot'; may be repeated"),
]
From = Annotated[str, typer.Option("--from", help="When it may begin, as 2026-11-24T18:00, in London's time")]
Until = Annotated[str, typer.Option("--until", help="When it must have begun, in London's time")]


@app.command()
def review(  # noqa: PLR0913  each is an option of the command
    environment: Environment,
    ticket: Ticket,
    why: Why,
    until: Until,
    *,
    begins: From = "",
    layer: Annotated[list[str] | None, typer.Option("--layer", "-l", help="Only this stack's layer")] = None,
    wave: Annotated[
        list[str] | None, typer.Option("--wave", help="A wave of the plan; may be repeated")
    ] = None,
    plays: Annotated[bool, typer.Option(help="Ask the preparing plays what they would change")] = True,
    play: Annotated[
        list[str] | None,
        typer.Option("--play", help="Ask this play instead of the preparing ones; may be repeated"),
    ] = None,
    layers_too: Annotated[
        bool, typer.Option("--layers/--no-layers", help="Preview the stacks, all or those of --layer")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Put a change together: previews, predictions and lists, with a report for the board. Nothing is changed."""
    found = settings(environment)
    asked = Asked(
        window=_window(begins, until, found.clock().now()),
        layers=layers(layer) if layers_too else (),
        plays=plays or bool(play),
        waves=wave or (),
    )
    with found.ledger() as ledger, _telling() as telling:
        runbook = changes.review_change(found, ledger, reason(ticket, why), telling, play or ())
        bundle = runbook.run(asked)
    show_change(bundle, changes.changes(found).report(bundle), as_json=as_json)


@app.command()
def show(environment: Environment, change: Change = "", *, as_json: AsJson = False) -> None:
    """What a change holds, reaches and costs, who has consented to it, and what proves its release."""
    found = settings(environment)
    held = changes.changes(found)
    bundle = held.find(change)
    held.require_reports(bundle)
    show_change(bundle, held.report(bundle), as_json=as_json)
    signed, wrong = held.approvals(bundle)
    for each in signed:
        said = each.approval
        err.print(f"{said.who} ({said.role}) consents to {', '.join(said.parts)}", markup=False)
    for line in wrong:
        err.print(f"a file beside the change is no approval: {line}", markup=False)
    try:
        proof = releases.proof_of(found, bundle)
    except (NotProved, Drifted) as refused:
        err.print(str(refused), markup=False)
    else:
        show_proof(proof)


@app.command()
def approve(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    change: Change = "",
    part: Parts = None,
    *,
    begins: From = "",
    until: Annotated[str, typer.Option("--until", help="When the consent ends; else with the window")] = "",
    dry_run: DryRun = False,
) -> None:
    """Sign a consent to a change, or to parts of it, with the key that MAILWAVE_SIGNING_KEY names."""
    found = settings(environment)
    runbook = changes.approve_change(found, reason(ticket, why))
    bundle = changes.changes(found).find(change)
    parts = runbook.prepare(bundle, part or ())
    window = bundle.contents.window
    consent = Window(_moment(begins) if begins else window.begins, _moment(until) if until else window.ends)
    if not dry_run:
        with found.ledger() as ledger:
            vault.push_before_consent(found, ledger)
        runbook.run(bundle, parts, consent, changes.signer)
    for each in parts:
        out.print(f"{'would approve' if dry_run else 'approved'} {each.name}", markup=False)
    err.print(f"until {consent.ends.astimezone(LONDON):%d %b %Y %H:%M %Z}", markup=False)


@app.command()
def apply(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    change: Change = "",
    part: Parts = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Make an approved change, exactly: everything is looked at once more, and nothing is done when it has moved."""
    found = settings(environment)
    with (
        nullcontext() if dry_run else keeping(found),
        found.ledger() as ledger,
        _telling() as telling,
        changes.applying_change(found, ledger, reason(ticket, why), telling, dry_run=dry_run) as runbook,
    ):
        bundle = runbook.changes.find(change)
        parts = runbook.prepare(bundle, part or ())
        if not dry_run:
            runbook.run(bundle, parts)
            return
        runbook.look(bundle, parts)
        for each in parts:
            out.print(f"would make {each.name}", markup=False)


@app.command()
def drift(
    environment: Environment,
    *,
    layer: Annotated[list[str] | None, typer.Option("--layer", "-l", help="Only this stack's layer")] = None,
    plays: Annotated[bool, typer.Option(help="Look at the sites, too")] = True,
    as_json: AsJson = False,
) -> None:
    """Compare all stacks and sites with what is there: for a nightly pipeline. Nothing is changed.

    End 14 when something differs, and 28 when nothing does but something could not be read.
    """
    looked = layers(layer)
    with (
        _telling() as telling,
        changes.finding_drift(settings(environment), telling, layers=looked, plays=plays) as runbook,
    ):
        found = runbook.run()
    if as_json:
        out.print_json(json.dumps(asdict(found)))
    else:
        _print_drift(found)
    _end(found)


@app.command()
def prove(environment: Environment, ticket: Ticket, why: Why, *, dry_run: DryRun = False) -> None:
    """Sign what this release did here, for the environment that takes it next, with the key in MAILWAVE_SIGNING_KEY.

    Drift is looked for first, and signed too: end 14 when something differs, 28 when something could not be read.
    """
    found = settings(environment)
    with (
        found.ledger() as ledger,
        _telling() as telling,
        releases.proving_release(found, ledger, reason(ticket, why), telling) as runbook,
    ):
        release, counts = runbook.prepare()
        err.print(f"release {release.digest}: {', '.join(f'{n} {what}' for what, n in counts.items())}")
        if dry_run:
            return
        file, seen = runbook.run(releases.proofs(found), changes.signer)
    _print_drift(seen)
    out.print(f"proof {file}", markup=False)
    _end(seen)


@app.command()
def promote(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    change: Change = "",
    proof: Annotated[
        list[Path] | None, typer.Option("--proof", help="A proof, or a folder of them; may be repeated")
    ] = None,
    *,
    dry_run: DryRun = False,
) -> None:
    """Let a change in, because the environment before has proved the release that it is made with."""
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = releases.promote_change(found, ledger, reason(ticket, why))
        bundle, files = runbook.changes.find(change), releases.proofs_in(proof or [])
        said = runbook.prepare(bundle, files) if dry_run else runbook.run(bundle, files)
    if said is None:
        out.print(f"nothing comes before {environment}")
        return
    out.print(f"{'would promote' if dry_run else 'promoted'} {bundle.digest}", markup=False)
    show_proof(said.said, out)


@app.command()
def baseline(environment: Environment, *, as_json: AsJson = False) -> None:
    """Hold what is deployed and what the tenant shows to the controls.

    End 5 when one is broken, and 28 when one is unknown. Nothing is changed. What could not be read is unknown, and
    never passed.
    """
    named = settings(environment)
    runbook = wiring.take_baseline(named)
    found, anchor = runbook.run(), vault.anchor(named).short
    if as_json:
        _print_json(found, runbook.not_looked_at, anchor)
    else:
        _print_table(found, runbook.not_looked_at)
        out.print(anchor, markup=False)
    verdicts = {each.verdict for each in found}
    if Verdict.FAILED in verdicts:
        raise typer.Exit(Exit.POLICY)
    if Verdict.UNKNOWN in verdicts:
        raise typer.Exit(Exit.UNSEEN)


def _print_drift(found: Drift) -> None:
    for line in (*found.differs, *(f"could not be read: {line}" for line in found.unread)):
        out.print(line, markup=False)


def _end(found: Drift) -> None:
    """End as what was *found* asks for."""
    if found.differs:
        raise typer.Exit(Exit.DRIFT)
    if found.unread:
        raise typer.Exit(Exit.UNSEEN)


@app.command()
def unlock(environment: Environment, ticket: Ticket, why: Why, *, dry_run: DryRun = False) -> None:
    """Let others make changes again where whoever was making one is gone for good, with their machine.

    A run that was killed needs none of this: the same command goes on from there.
    """
    found = settings(environment)
    with found.ledger() as ledger:
        runbook = changes.unlock_changes(found, ledger, reason(ticket, why))
        holder = runbook.prepare()
        if not dry_run:
            runbook.run(holder)
    said = "would take it" if dry_run else "taken"
    out.print(f"{said} from {holder.who}, who had it since {holder.since}", markup=False)


def _print_json(found: Sequence[Judged], not_looked_at: dict[int, str], journal: str) -> None:
    told = {"controls": [asdict(each) for each in found], "not_looked_at": not_looked_at, "journal": journal}
    out.print_json(json.dumps(told))


def _print_table(found: Sequence[Judged], not_looked_at: dict[int, str]) -> None:
    table = Table("control", "title", "verdict", Column("found, and what it must be", overflow="fold"))
    for each in found:
        lines = (*each.found, *(f"not read: {why}" for why in each.unknown))
        table.add_row(str(each.control), each.title, each.verdict.value, "\n".join(lines))
    out.print(table)
    counts = [f"{sum(1 for each in found if each.verdict is verdict)} {verdict.value}" for verdict in Verdict]
    out.print(f"{', '.join(counts)}; not looked at: {', '.join(map(str, not_looked_at))}", markup=False)


def _window(begins: str, until: str, now: datetime) -> Window:
    return Window(_moment(begins) if begins else now, _moment(until))


def _moment(text: str) -> datetime:
    """A moment in UTC; one without a zone is London's."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment such as 2026-11-24T18:00") from None
    return (found if found.tzinfo else found.replace(tzinfo=LONDON)).astimezone(UTC)


@contextmanager
def _telling() -> Iterator[changes.ChangeTelling]:
    """Reports on standard output, all else on standard error, where progress moves on a terminal only."""
    with showing(err) as play_beat, err.status("the engine starts") as status:

        def stack_beat(seen: StackBeat) -> None:
            status.update(escape(f"{seen.stack}: {seen.resources} resources, {seen.type} {seen.name}"))

        yield changes.ChangeTelling(
            report=say,
            line=lambda line: err.print(line, markup=False),
            stack_beat=stack_beat,
            play_beat=play_beat,
        )
