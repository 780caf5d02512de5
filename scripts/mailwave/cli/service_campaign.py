"""`mailwave service campaign` and `roll-out`: one service for everybody within some days."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from mailwave.cli.context import AsJson, Environment, Ticket, Why, out, reason, settings, with_time
from mailwave.cli.keeping import keeping
from mailwave.core.services.campaign import Campaign
from mailwave.exits import Exit
from mailwave.wiring import services

OneService = Annotated[str, typer.Option("--service", "-s", help="A service that people get by a group")]
Days = Annotated[int, typer.Option("--days", min=1, help="Within so many days")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group *app*."""
    app.command("campaign")(campaign)
    app.command("roll-out")(roll_out)


def campaign(
    environment: Environment,
    service: OneService,
    days: Days = 7,
    *,
    people: Annotated[
        int, typer.Option("--people", min=0, help="For so many people; 0: for whom the ledger has")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Plan a roll-out under the granted limits, and name the one that binds. Ends with 32 when the days do not do."""
    found = settings(environment)
    wanted = services.by_group(service)
    if not people:
        with found.ledger() as ledger:
            people = len(services.served(ledger, wanted))
    plan = services.campaign_of(found, people, days)
    if as_json:
        typer.echo(json.dumps(_as_json(plan), indent=2))
    else:
        _show(plan)
    if not plan.is_kept:
        raise typer.Exit(Exit.PLAN_REFUSED)


def roll_out(
    environment: Environment,
    ticket: Ticket,
    why: Why,
    service: OneService,
    days: Days = 7,
    *,
    begins: Annotated[
        datetime | None,
        typer.Option(
            "--begins", formats=["%Y-%m-%dT%H:%M"], help="When the first day begins, in UTC; else now"
        ),
    ] = None,
) -> None:
    """Let everybody who may have a service join its group, a tranche a day; run again, it goes on where it was.

    Whoever has not moved yet joins only for a service that comes before the move.
    """
    found, asked = settings(environment), reason(ticket, why)
    wanted, say = services.by_group(service), with_time(found)
    with (
        keeping(found),
        services.serving(found, asked, say, dry_run=False, only=wanted) as serving,
    ):
        people = serving.people(wanted)
        plan = services.campaign_of(found, len(people), days)
        first = begins.replace(tzinfo=UTC) if begins else found.clock().now()
        done = serving.roll_out(wanted).run(plan, people, first)
    out.print(
        f"{service}: {done.joined:,} joined, the last {done.all_joined:%d %b %Y %H:%M}; group licensing was through "
        f"{done.all_licensed:%d %b %Y %H:%M} and refused {done.refused:,}",
        markup=False,
    )
    if done.refused:
        raise typer.Exit(Exit.NOT_LICENSED)


def _show(plan: Campaign) -> None:
    table = Table("limit", "people", "in", "takes", f"in {plan.days} days")
    for pace in plan.paces:
        binds = " (binds)" if pace == plan.limiting else ""
        within = f"{pace.within(plan.span):,}"
        table.add_row(
            pace.name + binds, f"{pace.people:,}", _said(pace.span), _said(pace.takes(plan.people)), within
        )
    out.print(table)
    groups = f"{plan.groups} group{'s' * (plan.groups != 1)}"
    if plan.is_kept:
        out.print(f"{plan.people:,} people, {groups}: {plan.a_day:,} a day, through in {_said(plan.takes)}")
        return
    out.print(
        f"{plan.people:,} people, {groups}: {_said(plan.takes)} are needed, and there are {plan.days} days: "
        f"{plan.within:,} have it by then, {plan.people - plan.within:,} do not. {plan.limiting.name} binds: it would "
        f"have to be {plan.needed:,} in {_said(plan.limiting.span)}, or joining begin {plan.lead} days before"
    )


def _said(span: timedelta) -> str:
    """*span* in words, by its two largest units."""
    left, parts = int(span.total_seconds()), []
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        number, left = divmod(left, seconds)
        if number:
            parts.append(f"{number} {unit}{'s' * (number != 1)}")
    return " ".join(parts[:2]) or "no time"


def _as_json(plan: Campaign) -> dict[str, object]:
    return {
        "people": plan.people,
        "days": plan.days,
        "groups": plan.groups,
        "limits": [
            {"name": pace.name, "people": pace.people, "seconds": int(pace.span.total_seconds())}
            for pace in plan.paces
        ],
        "limiting": plan.limiting.name,
        "seconds": int(plan.takes.total_seconds()),
        "kept": plan.is_kept,
        "within": plan.within,
        "needed": plan.needed,
        "lead_days": plan.lead,
    }
