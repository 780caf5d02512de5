"""`mailwave wave plan`, `show`, `diff` and `explain`: make a plan, look at it, compare two, and ask why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
import typer
from rich.table import Table

from mailwave import wiring
from mailwave.cli import forecast
from mailwave.cli.context import AsJson, DryRun, Environment, err, out, reason, settings
from mailwave.core.explain import Explanation, severed_summary
from mailwave.core.placement.problem import NEVER
from mailwave.core.plan_columns import Placement
from mailwave.core.plan_diff import Difference
from mailwave.core.planner import Plan, Wave
from mailwave.core.reason import Reason
from mailwave.core.rollback import Cost
from mailwave.wiring import PlannedFile, SavedPlan

LOOKING = Reason(who="nobody", source="explain", ticket="none", text="looking changes nothing")
SHOWN = 50
"""Mailboxes that a difference shows in the terminal; JSON has them all."""

OptionalTicket = Annotated[
    str | None, typer.Option("--ticket", help="The change under which this is recorded in the ledger")
]
OptionalWhy = Annotated[
    str | None, typer.Option("--reason", help="Why, in a few words; it is kept in the journal")
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from", exists=True, file_okay=False, help="Plan the estate in this folder of Parquet files"
    ),
]
To = Annotated[
    Path | None,
    typer.Option("--to", dir_okay=False, help="The plan file; the nights of the plan that it holds are kept"),
]
Rules = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        exists=True,
        file_okay=False,
        help="With --from: plan by the estate file and the limits in this folder, not by those in environments/",
    ),
]
PlanFile = Annotated[
    Path | None,
    typer.Option(
        "--plan", exists=True, dir_okay=False, help="A plan file; else the saved plan of the ledger"
    ),
]
ExistingFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


def add_to(app: typer.Typer) -> None:
    """Give *app* the commands of this module."""
    for command in (plan, show, diff, explain):
        app.command()(command)


def plan(
    environment: Environment,
    ticket: OptionalTicket = None,
    why: OptionalWhy = None,
    source: From = None,
    target: To = None,
    by: Rules = None,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Put every ready mailbox into a night: delegates together, people warned in time, within what was granted.

    Nights that people know stay, and the same again changes nothing. With --from and --to an estate in Parquet is
    planned into a file, and the ledger is not looked at.
    """
    if (source is None) != (target is None):
        raise typer.BadParameter("--from and --to belong together")
    if by is not None and source is None:
        raise typer.BadParameter("--rules belongs to --from")
    if source is not None and target is not None:
        found = settings(environment)
        found = found.ruled_by(by) if by else found
        with err.status("estate") as status:
            planned = wiring.plan_folder(found, source, target, dry_run=dry_run, say=status.update)
        _show_file(planned, target, dry_run=dry_run, as_json=as_json)
        return
    if ticket is None or why is None:
        raise typer.BadParameter("a plan of the ledger is recorded with --ticket and --reason")
    found = settings(environment)
    with found.ledger() as ledger, err.status("ledger") as status:
        runbook = wiring.plan_waves(found, ledger, reason(ticket, why), status.update)
        result = runbook.prepare()
        if not dry_run:
            runbook.run(result)
    _show_ledger_plan(result, as_json=as_json)


def show(
    environment: Environment, file: PlanFile = None, svg: forecast.Svg = None, *, as_json: AsJson = False
) -> None:
    """Show the plan: its nights and what taking each back costs, who is in none, and the rights that it severs."""
    found = settings(environment)
    if svg is not None:
        forecast.draw(found, file, svg)
    if file is None:
        with found.ledger() as ledger:
            planned = wiring.saved_plan(ledger)
            ways = wiring.cost_waves(found, ledger, planned.waves)
        _show_ledger_plan(planned, ways, as_json=as_json)
        return
    saved = wiring.plan_of_file(found, file)
    if as_json:
        typer.echo(_json(_as_data(saved)))
    else:
        _show_placement(saved)


def diff(old: ExistingFile, new: ExistingFile, *, as_json: AsJson = False) -> None:
    """Say who moves on another night in the plan NEW than in OLD, from which to which, and why."""
    before, after, found = wiring.compare_plans(old, new)
    if as_json:
        rows = [{"mailbox": guid, "was": was, "now": now, "why": why} for guid, was, now, why in found.rows()]
        typer.echo(_json({"old": before.digest, "new": after.digest, "stayed": found.stayed, "moved": rows}))
        return
    show_difference(found)


def explain(
    environment: Environment,
    mailbox: Annotated[str, typer.Argument(help="Its ExchangeGuid or, in the ledger, its address")],
    file: PlanFile = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say why a mailbox moves on its night: with whom, by which calendar, which limits were full, what is severed."""
    found = settings(environment)
    with err.status("plan"):
        told = (
            wiring.explain_in_file(found, file, mailbox)
            if file
            else wiring.explain_in_ledger(found, mailbox, LOOKING)
        )
    if as_json:
        typer.echo(_json(told))
        return
    for line in _told(told):
        out.print(line, markup=False)


def show_waves(waves: Sequence[Wave]) -> None:
    """Show *waves* as a table."""
    table = Table("wave", "night", "window (UTC)", "batches", "mailboxes", title="plan")
    for wave in waves:
        window = f"{wave.window_start:%d %b %H:%M} to {wave.window_end:%d %b %H:%M}"
        table.add_row(
            wave.id, f"{wave.night:%a %d %b %Y}", window, str(len(wave.batches)), str(len(wave.mailboxes))
        )
    out.print(table)


def _show_ways_back(ways: Mapping[str, Cost]) -> None:
    """Show what it would cost to take each wave back; room at the sites is read by `wave return start -n`."""
    table = Table("wave", "mailboxes", "GB", "hours", title="to take a whole wave back")
    for wave, cost in ways.items():
        table.add_row(wave, f"{cost.mailboxes:,}", f"{cost.bytes / 10**9:,.1f}", f"{cost.hours:,.1f}")
    out.print(table)


def show_difference(found: Difference) -> None:
    """Show how many changed and why, and the first of them."""
    table = Table("why", "mailboxes", title="changed")
    for why, count in found.counts().most_common():
        table.add_row(why, f"{count:,}")
    out.print(table)
    rows = found.rows()
    for guid, was, now, why in rows[:SHOWN]:
        out.print(f"{guid}: {was or 'no night'} -> {now or 'no night'}: {why}", markup=False)
    if len(rows) > SHOWN:
        out.print(f"and {len(rows) - SHOWN:,} more; --json has them all")
    out.print(f"{found.stayed:,} mailboxes stay on their night")


def _show_ledger_plan(planned: Plan, ways: Mapping[str, Cost] = {}, *, as_json: bool) -> None:
    if as_json:
        back = {"way_back": msgspec.to_builtins(ways)} if ways else {}
        typer.echo(_json({"digest": planned.digest, **msgspec.to_builtins(planned), **back}))
        return
    show_waves(planned.waves)
    if ways:
        _show_ways_back(ways)
    for group in planned.unplanned:
        out.print(f"not planned: {len(group.mailboxes)} mailboxes: {group.why}", markup=False)
    for told in planned.told_again:
        now = told.now or "no night yet"
        out.print(f"tell again: {told.mailbox}: {told.was or 'a night'} -> {now}: {told.why}", markup=False)
    hard = sum(severed.is_hard for severed in planned.severed)
    _show_severed(len(planned.severed), hard)


def _show_severed(number: int, hard: int) -> None:
    out.print(
        f"{number:,} delegate rights have their two ends in different nights or outside the plan; "
        f"{hard:,} of them do not work until both ends have moved"
    )


def _show_file(planned: PlannedFile, file: Path, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        change = planned.change.counts() if planned.change else {}
        typer.echo(_json({**_as_data(planned.saved), "is_new": planned.is_new, "changed": change}))
        return
    _show_placement(planned.saved)
    if planned.change is not None and planned.is_new:
        show_difference(planned.change)
    if not planned.is_new:
        out.print(f"{file} holds this plan already; nothing was changed", markup=False)
    else:
        out.print(f"{file} {'would hold' if dry_run else 'holds'} {planned.saved.digest}", markup=False)


def _show_placement(saved: SavedPlan) -> None:
    data = _as_data(saved)
    table = Table("night", "mailboxes", "bytes", title=f"plan of {saved.origin.environment}")
    for night in data["nights"]:
        table.add_row(f"{night['night']:%a %d %b %Y}", f"{night['mailboxes']:,}", f"{night['bytes']:,}")
    out.print(table)
    out.print(f"{data['unplanned']:,} mailboxes have no night", markup=False)
    plan_ = saved.placement
    _show_severed(len(plan_.severed.kind), int(plan_.severed.hard.sum()))
    out.print(f"limits: profile {saved.origin.profile}; {saved.digest}", markup=False)


def _as_data(saved: SavedPlan) -> dict[str, Any]:
    plan_: Placement = saved.placement
    moving = plan_.night != NEVER
    count = np.bincount(plan_.night[moving], minlength=len(plan_.windows))
    size = np.zeros(len(plan_.windows), dtype=np.int64)
    np.add.at(size, plan_.night[moving], plan_.population.bytes[moving])
    nights = [
        {"night": window.night, "mailboxes": mailboxes, "bytes": taken}
        for window, mailboxes, taken in zip(plan_.windows, count.tolist(), size.tolist(), strict=True)
        if mailboxes
    ]
    return {
        "digest": saved.digest,
        **msgspec.to_builtins(saved.origin),
        "mailboxes": plan_.population.size,
        "unplanned": int((~moving).sum()),
        "severed": severed_summary(plan_),
        "nights": nights,
    }


def _told(told: Explanation) -> list[str]:
    night = f"{told.night:%A %d %B %Y}" if told.night else "no night"
    lines = [
        f"{told.mailbox} moves on {night}: {told.why}",
        f"{told.organisation}, site {told.site}, {told.lane} lane; limits: profile {told.profile}",
        f"moves with {told.group_size - 1:,} others who share mailboxes with it, directly or through others"
        + (f": {', '.join(told.group)}" if told.group else ""),
        *(f"calendar: {rule}" for rule in told.rules),
        f"earlier nights: {told.barred:,} are not in its calendar, {told.free:,} have room for it now",
        *(
            f"earlier nights: {nights:,} have too little left of {limit}"
            for limit, nights in told.full.items()
        ),
    ]
    for right in told.severed:
        until = f"until {right.together}" if right.together else "with no known end"
        lines.append(
            f"severed {until}: {right.kind} of {right.trustee} on {right.owner}, price {right.price}: {right.remedy}"
        )
    return lines


def _json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
